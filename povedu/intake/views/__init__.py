"""Pages of intake."""

from povedu.intake.views.batches import BatchAdd, BatchDetail, BatchList, KindList, TemplateDownload
from povedu.intake.views.review import (
    BatchAnswer,
    BatchApply,
    BatchHeadings,
    BatchReturn,
    BatchWithdraw,
    MappingForget,
    MappingList,
    RepairDecline,
    RowFix,
    RowList,
)

__all__ = [
    "BatchAdd",
    "BatchAnswer",
    "BatchApply",
    "BatchDetail",
    "BatchHeadings",
    "BatchList",
    "BatchReturn",
    "BatchWithdraw",
    "KindList",
    "MappingForget",
    "MappingList",
    "RepairDecline",
    "RowFix",
    "RowList",
    "TemplateDownload",
]
