"""Policy levers: declared settings and what they change; compiled to arrays before a run."""

from model.levers.base import DatedPath, DatedValue, GrantedLever, Lever, Target, TechnologyLever, value_at
from model.levers.digital_loan import DigitalLoan
from model.levers.field_training import FieldTraining
from model.levers.gates import ServiceClosure
from model.levers.payment_terminal import PaymentTerminalSubsidy
from model.levers.platform_fee import PlatformFeeCut
from model.levers.public_platform import PublicDeliveryPlatform
from model.levers.public_qr import PublicQrEnrolment
from model.levers.sandbox import RegulatorySandbox
from model.levers.smart_shop import Kit, SmartShop

LEVERS: dict[str, type[Lever]] = {
    lever.id: lever
    for lever in (
        PaymentTerminalSubsidy,
        PublicQrEnrolment,
        SmartShop,
        FieldTraining,
        PlatformFeeCut,
        PublicDeliveryPlatform,
        DigitalLoan,
        ServiceClosure,
        RegulatorySandbox,
    )
}
"""Every lever by its id, as scenario files name it: `[levers.payment_terminal_subsidy]`."""

__all__ = [
    "LEVERS",
    "DatedPath",
    "DatedValue",
    "DigitalLoan",
    "FieldTraining",
    "GrantedLever",
    "Kit",
    "Lever",
    "PaymentTerminalSubsidy",
    "PlatformFeeCut",
    "PublicDeliveryPlatform",
    "PublicQrEnrolment",
    "RegulatorySandbox",
    "ServiceClosure",
    "SmartShop",
    "Target",
    "TechnologyLever",
    "value_at",
]
