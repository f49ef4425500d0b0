"""Pages of intake."""

from povedu.intake.views.afterwards import BatchConfirm, BatchUndo
from povedu.intake.views.batches import BatchAdd, BatchDetail, BatchList, KindList, TemplateDownload
from povedu.intake.views.review import (
    BatchAnswer,
    BatchApply,
    BatchHeadings,
    BatchReturn,
    BatchWithdraw,
    MappingChange,
    MappingForget,
    MappingList,
    RepairAccept,
    RepairDecline,
)
from povedu.intake.views.rows import CellFix, RowFix, RowList, RowRepairAccept, RowRepairDecline

__all__ = [
    "BatchAdd",
    "BatchAnswer",
    "BatchApply",
    "BatchConfirm",
    "BatchDetail",
    "BatchHeadings",
    "BatchList",
    "BatchReturn",
    "BatchUndo",
    "BatchWithdraw",
    "CellFix",
    "KindList",
    "MappingChange",
    "MappingForget",
    "MappingList",
    "RepairAccept",
    "RepairDecline",
    "RowFix",
    "RowList",
    "RowRepairAccept",
    "RowRepairDecline",
    "TemplateDownload",
]
