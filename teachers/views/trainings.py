"""Pages of training."""

from django.utils.translation import gettext_lazy as _

from povedu.screens import ListScreen
from teachers import filters, selectors, tables

VIEW = "teachers.training.view"


class TrainingList(ListScreen):
    """Trainings of the teachers in scope."""

    action = VIEW
    title = _("教师培训")
    hint = _("国培、省培、县培和校本研修，一人一项一行。")
    selector = selectors.trainings
    table_class = tables.TrainingTable
    filterset_class = filters.TrainingFilter
    search_fields = ("teacher__name", "teacher__initials__startswith", "name", "organiser")
    search_hint = _("教师姓名、拼音首字母、培训项目或主办单位")
    export_kind = "trainings"
    empty_reason = _("还没有培训记录。")
    empty_action = _("请在“导入”中上传教师培训台账。")
