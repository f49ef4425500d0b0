"""Words of children, hardship, registers and reconciliation."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sex(models.TextChoices):
    """As on the identity card."""

    MALE = "M", _("男")
    FEMALE = "F", _("女")


class Hardship(models.TextChoices):
    """Canonical categories of hardship; the word as imported is kept beside each."""

    REGISTERED_POOR = "registered_poor", _("建档立卡")
    LIFTED = "lifted", _("脱贫户")
    UNSTABLE = "unstable", _("脱贫不稳定户")
    EDGE = "edge", _("边缘易致贫户")
    SUDDEN = "sudden", _("突发严重困难户")
    RURAL_LOW = "rural_low", _("农村低保")
    URBAN_LOW = "urban_low", _("城市低保")
    LOW_MARGIN = "low_margin", _("低保边缘")
    DESTITUTE = "destitute", _("特困供养")
    DISABLED = "disabled", _("残疾")
    ORPHAN = "orphan", _("孤儿")
    UNATTENDED = "unattended", _("事实无人抚养")
    OTHER = "other", _("其他困难")


class RegisterKind(models.TextChoices):
    """Registers that other departments keep."""

    POVERTY = "poverty-register", _("扶贫数据库")
    CIVIL_AFFAIRS = "civil-affairs-register", _("民政低保特困名册")
    DISABILITY = "disability-register", _("残联名册")
    RESIDENTS = "residents", _("公安户籍名册")
    LOCKED_LIST = "locked-list", _("国办锁定名单")


class Place(models.TextChoices):
    """Where a child is: the one list of atomic places and outcomes.

    The six visit outcomes, the reconciliation partition and the registers are groupings of it.
    """

    HERE = "here", _("户籍乡镇内就读")
    IN_COUNTY = "in_county", _("县内其他乡镇就读")
    OUT_OF_COUNTY = "out_of_county", _("省内县外就读")
    OUT_OF_PROVINCE = "out_of_province", _("省外就读")
    SUSPENDED = "suspended", _("休学")
    GRADUATED = "graduated", _("已毕业")
    HOME_TAUGHT = "home_taught", _("送教上门")
    DECEASED = "deceased", _("死亡")
    MOVED_AWAY = "moved_away", _("户籍迁出")
    SUSPECTED = "suspected", _("疑似辍学")
    DROPPED_OUT = "dropped_out", _("辍学")


class Outcome(models.TextChoices):
    """The six outcomes of a visit: a grouping of the atomic places that leaves nobody out.

    Whoever was brought back is at school too, and is told apart by the case that ended so.
    """

    AT_SCHOOL = "at_school", _("在读")
    ENDED = "ended", _("已毕业或死亡（含户籍迁出）")
    ON_LEAVE = "on_leave", _("休学")
    BROUGHT_BACK = "brought_back", _("劝返到校")
    HOME_TAUGHT = "home_taught", _("送教上门")
    OUT = "out", _("辍学（含疑似）")


class Basis(models.TextChoices):
    """What a comparison compares: two states of one list."""

    SNAPSHOTS = "snapshots", _("同一名册的两次快照")
    TERMS = "terms", _("两个学期的花名册")
    RUNS = "runs", _("两次比对的去向")


class ChangeKind(models.TextChoices):
    """What may have changed for a person between two states of a list."""

    NEW = "new", _("新增")
    GONE = "gone", _("退出")
    CATEGORY = "category", _("类别变化")
    FELL_BACK = "fell-back", _("返贫")
    RISK_REMOVED = "risk-removed", _("风险消除")
    MOVED = "moved", _("迁移或转学")
    HOUSEHOLD = "household", _("户编号变化")
    RENAMED = "renamed", _("姓名变化")
    NUMBER = "number", _("证件号码变化")
    STAGE = "stage", _("升学")
    GRADE = "grade", _("留级或跳级")
    STATE = "state", _("就读状态变化")
    BOARDING = "boarding", _("住宿变化")
    CLAIM = "claim", _("自报困难变化")
    BROUGHT_BACK = "brought-back", _("劝返或查明在读")
    LOST = "lost", _("新列疑似或辍学")
    PLACE = "place", _("去向变化")


class ProofState(models.TextChoices):
    """Life of the proof that a child studies away from home."""

    REQUESTED = "requested", _("待收证明")
    RECEIVED = "received", _("待核实")
    CHECKED = "checked", _("已核实")


class StudentState(models.TextChoices):
    """State of a student's record."""

    STUDYING = "studying", _("在读")
    SUSPENDED = "suspended", _("休学")
    GRADUATED = "graduated", _("已毕业")
    LEFT = "left", _("已转出")
    DECEASED = "deceased", _("死亡")


class EnrolmentState(models.TextChoices):
    """State of one term's enrolment."""

    STUDYING = "studying", _("在读")
    SUSPENDED = "suspended", _("休学")
    LEFT = "left", _("中途转出")


class PayeeRelation(models.TextChoices):
    """Whose card the money goes to, seen from the student."""

    SELF = "self", _("本人")
    FATHER = "father", _("父亲")
    MOTHER = "mother", _("母亲")
    GRANDPARENT = "grandparent", _("祖父母（外祖父母）")
    GUARDIAN = "guardian", _("其他监护人")


class ApprovalState(models.TextChoices):
    """State of a change that waits for a second person."""

    PENDING = "pending", _("待审核")
    APPROVED = "approved", _("已通过")
    REFUSED = "refused", _("已退回")
    ENDED = "ended", _("已停用")


class DropoutState(models.TextChoices):
    """Life of a child's case in the dropout ledgers."""

    SUSPECTED = "suspected", _("疑似辍学")
    DROPPED_OUT = "dropped_out", _("辍学")
    RETURNED = "returned", _("已返校")
    EXPLAINED = "explained", _("已查明去向")
    CLOSED = "closed", _("已销号")


class DropoutReason(models.TextChoices):
    """Why a child left school; the ledger's own words are kept beside it."""

    WEARY = "weary", _("厌学")
    POVERTY = "poverty", _("家庭贫困")
    WORK = "work", _("外出务工")
    AWAY = "away", _("随家人外出")
    ILLNESS = "illness", _("因病")
    DISABILITY = "disability", _("残疾")
    MARRIAGE = "marriage", _("早婚早育")
    FAMILY = "family", _("家庭变故")
    OTHER = "other", _("其他")


class VisitWay(models.TextChoices):
    """How somebody tried to bring a child back."""

    HOME = "home", _("家访")
    PHONE = "phone", _("电话、微信")
    INTERVIEW = "interview", _("约谈")
    WRIT = "writ", _("法律文书")
    OTHER = "other", _("其他")


class ReconciliationState(models.TextChoices):
    """Life of a reconciliation run."""

    RUNNING = "running", _("比对中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")


class LinkStage(models.TextChoices):
    """How a link between a student and a register entry was found."""

    ID = "id", _("身份证号一致")
    RECOVERED = "recovered", _("证号还原后一致")
    PROBABLE = "probable", _("疑似同一人")
    DECIDED = "decided", _("人工确认")


class FindingKind(models.TextChoices):
    """What a reconciliation can find."""

    IDENTITY_DIFFERS = "identity-differs", _("证号一致但姓名、性别或出生日期不一致")
    PROBABLE_MATCH = "probable-match", _("疑似同一人，待确认")
    NOT_ON_ROSTER = "not-on-roster", _("名册上的适龄儿童不在任何学校花名册")
    NOT_ON_REGISTER = "not-on-register", _("自报困难但名册中查无")
    ENROLLED_TWICE = "enrolled-twice", _("同一人在两校就读")
    REGISTER_DUPLICATE = "register-duplicate", _("名册内重复")
    STATUS_CHANGED = "status-changed", _("困难身份较上次有变化")
    MISSING_FROM_ROSTER = "missing-from-roster", _("上次在册、本次花名册缺失")
    GRADE_AGE = "grade-age", _("年级与年龄不符")
    AGE_OUTSIDE_STAGE = "age-outside-stage", _("年龄超出学段")
    STATE_DIFFERS = "state-differs", _("在校状态与名册不一致")
    IDENTITY_UNCONFIRMED = "identity-unconfirmed", _("身份待确认")
    RISK_REMOVED = "risk-removed", _("开学前监测风险已消除")
    REGISTER_LOGIC = "register-logic", _("名册逻辑疑点")


class Verdict(models.TextChoices):
    """What a person decided about a finding."""

    SAME_PERSON = "same-person", _("是同一人")
    NOT_SAME = "not-same", _("不是同一人")
    ROSTER_RIGHT = "roster-right", _("以花名册为准")
    REGISTER_RIGHT = "register-right", _("以名册为准")
    CONFIRMED = "confirmed", _("情况属实")
    KEEP_FIRST = "keep-first", _("保留前一所学校")
    KEEP_SECOND = "keep-second", _("保留后一所学校")
    NEITHER_RIGHT = "neither-right", _("两处都不对，实际另记")
    PLACED = "placed", _("查明去向")
    PROOF_ACCEPTED = "proof-accepted", _("证明有效，认定困难")
    PROOF_REFUSED = "proof-refused", _("证明不予采信")
    DISMISSED = "dismissed", _("无需处理")


class FindingState(models.TextChoices):
    """State of a finding in the queue."""

    OPEN = "open", _("待处理")
    SETTLED = "settled", _("已处理")
    GONE = "gone", _("已消失")


class AssignmentState(models.TextChoices):
    """Life of a finding handed to a school for an answer."""

    ASKED = "asked", _("待答复")
    ANSWERED = "answered", _("已答复，待审核")
    RETURNED = "returned", _("已退回，待重新答复")
    CLOSED = "closed", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤回")


ASSIGNMENT_LIVE = (AssignmentState.ASKED, AssignmentState.ANSWERED, AssignmentState.RETURNED)
ASSIGNMENT_WAITS = (AssignmentState.ASKED, AssignmentState.RETURNED)  # for the school
ASSIGNMENT_MOVES = (
    (AssignmentState.ASKED, AssignmentState.ANSWERED),
    (AssignmentState.ASKED, AssignmentState.WITHDRAWN),
    (AssignmentState.ASKED, AssignmentState.CLOSED),
    (AssignmentState.ANSWERED, AssignmentState.RETURNED),
    (AssignmentState.ANSWERED, AssignmentState.CLOSED),
    (AssignmentState.ANSWERED, AssignmentState.WITHDRAWN),
    (AssignmentState.RETURNED, AssignmentState.ANSWERED),
    (AssignmentState.RETURNED, AssignmentState.WITHDRAWN),
    (AssignmentState.RETURNED, AssignmentState.CLOSED),
    (AssignmentState.CLOSED, AssignmentState.ASKED),  # what closed it was taken back
    (AssignmentState.CLOSED, AssignmentState.ANSWERED),
    (AssignmentState.CLOSED, AssignmentState.RETURNED),
)


class ProofKind(models.TextChoices):
    """Papers that a family shows for its hardship."""

    HANDBOOK = "handbook", _("扶贫手册")
    LOW_CARD = "low-card", _("低保证、特困供养证")
    DISABILITY_CARD = "disability-card", _("残疾证")
    VILLAGE = "village", _("村（居）委会证明")
    TOWNSHIP = "township", _("乡镇（街道）证明")
    DEPARTMENT = "department", _("县级部门证明")
    OTHER = "other", _("其他证明")


class FaultSeverity(models.TextChoices):
    """How surely a register's row that breaks a rule is wrong."""

    WRONG = "wrong", _("错误")
    DOUBTFUL = "doubtful", _("疑点")
    HINT = "hint", _("提示")
