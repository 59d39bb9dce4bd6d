"""The sample institution: a made-up school of medicine, written as plain files for any day it is loaded on."""

from .accounts import SampleAccount, sample_accounts
from .writing import write_sample

__all__ = ["SampleAccount", "sample_accounts", "write_sample"]
