"""What goes back of a payment: refunds and disputes, as counts that only grow.

A gateway may repeat, reorder and lag; of two counts the larger one is the newer one. So news is
merged by taking the larger of each, and no order of news ends differently from another.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Reversals:
    """Minor units in the payment's currency, each counted from the beginning and never less.

    `refunded_minor` is all that was ever sent back, also where the refund failed later;
    `disputed_minor` all that disputes ever withheld; what they gave back is `dispute_won_minor`.
    """

    refunded_minor: int = 0
    refund_failed_minor: int = 0
    disputed_minor: int = 0
    dispute_won_minor: int = 0
    dispute_lost_minor: int = 0

    def merge(self, news: Reversals) -> Reversals:
        """What is known after that news, whichever of the two is older."""
        return Reversals(*map(max, astuple(self), astuple(news)))

    @property
    def sent_back_minor(self) -> int:
        """What refunds sent back and what did not come home."""
        return max(0, self.refunded_minor - self.refund_failed_minor)

    @property
    def withheld_minor(self) -> int:
        """What disputes hold or took for good."""
        return max(0, self.disputed_minor - self.dispute_won_minor)

    @property
    def undecided_minor(self) -> int:
        """What a bank has yet to decide on."""
        return max(0, self.withheld_minor - self.dispute_lost_minor)

    def gone_minor(self, paid_minor: int) -> int:
        """How much of a payment is not there any more; never more than was paid.

        What was refunded and is disputed too was taken once, whatever the counts add up to.
        """
        return min(paid_minor, self.sent_back_minor + self.withheld_minor)


NOTHING_BACK = Reversals()
