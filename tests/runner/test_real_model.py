"""The runner with the model itself: executors agree, killed batches go on, nothing is lost between processes."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.executors import Executor, SerialExecutor, ThreadExecutor
from experiments.plan import Plan, make_plan
from experiments.runner import execute
from experiments.scenario import load
from experiments.store import Reader, Store, digest
from tests.runner.fake_model import FakeScenario
from tests.runner.test_runner import wait_for

ROOT = Path(__file__).resolve().parents[2]
MONTH = "merchants@2018-12"
