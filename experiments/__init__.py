"""Scenario files to finished runs: scenario, plan, runner, executors, store."""
