"""Words of programmes and money."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProgrammeKind(models.TextChoices):
    """What a programme gives."""

    CASH = "cash", _("现金")
    WAIVER = "waiver", _("免费（拨付学校）")
    IN_KIND = "in_kind", _("实物")
    GIFT = "gift", _("社会捐助")


class Cadence(models.TextChoices):
    """How an award is paid out."""

    YEARLY = "yearly", _("每学年一次")
    TERM = "term", _("每学期")
    MONTH = "month", _("每月")
    ONCE = "once", _("一次性")


class Boarding(models.TextChoices):
    """Whom a standard is for."""

    ANY = "any", _("不限")
    BOARDER = "boarder", _("寄宿")
    DAY = "day", _("走读")


class PayeeKind(models.TextChoices):
    """Who receives the money."""

    STUDENT = "student", _("学生本人卡")
    GUARDIAN = "guardian", _("监护人卡")
    SCHOOL = "school", _("学校账户")


class Confidence(models.TextChoices):
    """How sure the source of a shipped standard is."""

    HIGH = "H", _("正式文件或两处独立来源")
    MEDIUM = "M", _("一处可靠来源")
    LOW = "L", _("来源较弱")
    GENERAL = "GK", _("一般了解，待核")
    LOCAL = "local", _("本县自定")


class Residence(models.TextChoices):
    """Where a child must be registered or study."""

    ANY = "any", _("不限")
    HOME = "home", _("户籍在本县")
    HERE = "here", _("在本县学校就读")
    BOTH = "both", _("户籍在本县且在本县就读")


class PaperStep(models.TextChoices):
    """Who looks at an application, in order."""

    CLASS = "class", _("班级评议")
    SCHOOL = "school", _("学校复核")
    BUREAU = "bureau", _("教育局审核")


class PaperDocument(models.TextChoices):
    """Papers that an application comes with."""

    HOUSEHOLD = "household", _("户口簿")
    LOW_INCOME = "low-income", _("低保证或特困证")
    DISABILITY = "disability", _("残疾证")
    DIAGNOSIS = "diagnosis", _("医院诊断证明")
    ACCIDENT = "accident", _("受灾或事故证明")
    VILLAGE = "village", _("村（社区）证明")
    ADMISSION = "admission", _("录取通知书")


class AwardChangeKind(models.TextChoices):
    """What changed about a child or a programme after an award."""

    TRANSFERRED = "transferred", _("转学")
    SUSPENDED = "suspended", _("休学")
    RETURNED = "returned", _("复学")
    LEFT = "left", _("离校或转出本县")
    DECEASED = "deceased", _("死亡")
    RISK_REMOVED = "risk-removed", _("开学前风险已消除")
    HARDSHIP_ENDED = "hardship-ended", _("困难身份已终止")
    PROGRAMME_ENDED = "programme-ended", _("项目已结束")


class AwardEffect(models.TextChoices):
    """What a change did to an award."""

    MOVED = "moved", _("随学生转入新学校")
    SUSPENDED = "suspended", _("暂停发放")
    RESUMED = "resumed", _("恢复发放")
    STOPPED = "stopped", _("未发部分停发")
    CANCELLED = "cancelled", _("取消资助")


class Factor(models.TextChoices):
    """What weighs in the split of money to schools (因素法)."""

    POOR = "poor", _("困难学生数")
    BOARDERS = "boarders", _("寄宿生数")
    PUPILS = "pupils", _("在校生数")
    REMOTE = "remote", _("教学点和贫困村学校学生数")


class AllocationState(models.TextChoices):
    """Life of a plan that splits money to schools."""

    PROPOSED = "proposed", _("待批准")
    APPROVED = "approved", _("已批准")
    WITHDRAWN = "withdrawn", _("已撤回")


class AwardState(models.TextChoices):
    """Life of an award."""

    PROPOSED = "proposed", _("拟资助")
    PUBLICISED = "publicised", _("公示中")
    GRANTED = "granted", _("已批准")
    SUSPENDED = "suspended", _("暂停")
    CANCELLED = "cancelled", _("已取消")


class NoticeState(models.TextChoices):
    """Life of a public notice."""

    DRAFT = "draft", _("拟稿")
    PUBLISHED = "published", _("公示中")
    TAKEN_DOWN = "taken_down", _("已撤下")


class ObjectionState(models.TextChoices):
    """Life of an objection."""

    OPEN = "open", _("待答复")
    UPHELD = "upheld", _("成立")
    REJECTED = "rejected", _("不成立")


class BatchState(models.TextChoices):
    """Life of a disbursement batch, in order; voided stands apart."""

    DRAFT = "draft", _("编制中")
    FROZEN = "frozen", _("已冻结，待审批")
    APPROVED = "approved", _("已审批")
    RELEASED = "released", _("已送银行")
    CLOSED = "closed", _("已关闭")
    VOIDED = "voided", _("已作废")


class PaymentState(models.TextChoices):
    """State of one attempt to pay one instalment."""

    PENDING = "pending", _("待发放")
    SENT = "sent", _("已送银行")
    SETTLED = "settled", _("已到账")
    RETURNED = "returned", _("已退回")
    VOIDED = "voided", _("已作废")


class LineOutcome(models.TextChoices):
    """What became of a line of a bank's answer."""

    SETTLED = "settled", _("到账")
    RETURNED = "returned", _("退回")
    UNMATCHED = "unmatched", _("对不上")
    REPEATED = "repeated", _("重复")


class BankEncoding(models.TextChoices):
    """How a bank's or the finance bureau's system reads text; only GB18030 holds every name."""

    GB18030 = "gb18030", _("GB18030（收全部汉字）")
    GBK = "gbk", _("GBK（2 万余字）")
    GB2312 = "gb2312", _("GB2312（6763 字）")


class BankLayout(models.TextChoices):
    """Who pays a batch out, and so which columns the file has."""

    BANK = "bank", _("银行代发明细")
    FINANCE = "finance", _("财政支付清单")


class DonorKind(models.TextChoices):
    """Who gives."""

    PERSON = "person", _("个人")
    COMPANY = "company", _("企业")
    FOUNDATION = "foundation", _("基金会")
    AGENCY = "agency", _("机关单位")


class GiftState(models.TextChoices):
    """Life of a gift."""

    PROMISED = "promised", _("已认捐")
    RECEIVED = "received", _("已收到")
    DELIVERED = "delivered", _("已交付")
    CANCELLED = "cancelled", _("已撤销")


class LoanLevel(models.TextChoices):
    """What a borrower studies for; the cap depends on it."""

    COLLEGE = "college", _("专科")
    UNDERGRADUATE = "undergraduate", _("本科")
    POSTGRADUATE = "postgraduate", _("研究生")


class LoanState(models.TextChoices):
    """Where a contract stands, as aid centre or bank report it."""

    SIGNED = "signed", _("已签约")
    GRANTED = "granted", _("已放款")
    REPAYING = "repaying", _("还款中")
    OVERDUE = "overdue", _("逾期")
    SETTLED = "settled", _("已结清")
    CANCELLED = "cancelled", _("已撤销")


class ReliefKind(models.TextChoices):
    """What somebody else pays of a borrower's loans."""

    COMPENSATION = "compensation", _("代偿")
    RESCUE = "rescue", _("还款救助")


class ReliefCause(models.TextChoices):
    """Why: the first three earn compensation, the others call for a rescue."""

    GRASSROOTS = "grassroots", _("基层就业")
    MILITARY = "military", _("应征入伍")
    LOCAL = "local", _("本地政策")
    DEATH = "death", _("借款人死亡或失踪")
    INCAPACITY = "incapacity", _("丧失劳动能力")
    ILLNESS = "illness", _("本人或家庭成员重大疾病")
    DISASTER = "disaster", _("家庭遭遇重大灾害")
    LOW_INCOME = "low_income", _("家庭经济收入特别低")


class ReliefState(models.TextChoices):
    """Life of a relief."""

    PENDING = "pending", _("待审核")
    APPROVED = "approved", _("已批准")
    REFUSED = "refused", _("不予批准")
    PAID = "paid", _("已拨付")


class LetterKind(models.TextChoices):
    """Papers that are made in batches for people to take in their hands."""

    FAMILY = "family", _("一封家书")
    NOTICE = "notice", _("告知书")
    CARD = "card", _("明白卡")
    SHEET = "sheet", _("签领表")


class Skip(models.TextChoices):
    """Why a child got no award from a run."""

    IDENTITY = "identity-unconfirmed", _("身份未确认")
    NO_HARDSHIP = "no-hardship", _("无相应困难身份")
    NO_STANDARD = "no-standard", _("无适用标准")
    NO_TIER = "no-tier", _("未认定档次")
    RISK_REMOVED = "risk-removed", _("风险已消除")
    NOT_STUDYING = "not-studying", _("不在读")
    NOT_APPLIED = "not-applied", _("未申请或认定未通过")
    ALREADY = "already", _("本学期已有资助决定")
    ALREADY_THIS_YEAR = "already-this-year", _("本学年已享受")
    ALREADY_EVER = "already-ever", _("已享受过一次性资助")
    EXCLUDED = "excluded", _("已享受互斥项目")
    BASE_MISSING = "base-missing", _("未享受被叠加的项目")
    ENROLLED_TWICE = "enrolled-twice", _("同一学期在两校就读，只计一校")
    NO_MONEY = "no-money", _("资金已用尽")
    PAID_BEFORE = "paid-before", _("既往发放记录中已享受")
    OTHER_STAGE = "other-stage", _("不属于本项目的学段")
    RESIDENCE = "residence", _("不符合户籍或就读地要求")
    HOME_UNKNOWN = "home-unknown", _("户籍地未登记，不能判断")
    NOT_RUNNING = "not-running", _("项目在该学期未执行")
    ON_LEAVE = "on-leave", _("休学")
    LEFT = "left", _("已转出")
    DECEASED = "deceased", _("死亡")


class DueProblem(models.TextChoices):
    """Why a due instalment cannot go into a batch, or must be looked at."""

    NO_CARD = "no-card", _("无已审核的收款账户")
    IDENTITY = "identity", _("身份未确认")
    SHARED_CARD = "shared-card", _("多人共用同一账户")
    PAID_BEFORE = "paid-before", _("既往发放记录中已享受，不重复发放")
    RARE_GLYPH = "rare-glyph", _("户名含银行文件编码不能表示的字，请更正户名或改用 GB18030")


AWARD_MOVES = (
    (AwardState.PROPOSED, AwardState.PUBLICISED),
    (AwardState.PROPOSED, AwardState.GRANTED),
    (AwardState.PROPOSED, AwardState.CANCELLED),
    (AwardState.PUBLICISED, AwardState.GRANTED),
    (AwardState.PUBLICISED, AwardState.CANCELLED),
    (AwardState.GRANTED, AwardState.SUSPENDED),
    (AwardState.GRANTED, AwardState.CANCELLED),
    (AwardState.SUSPENDED, AwardState.GRANTED),
    (AwardState.SUSPENDED, AwardState.CANCELLED),
)
ALLOCATION_MOVES = (
    (AllocationState.PROPOSED, AllocationState.APPROVED),
    (AllocationState.PROPOSED, AllocationState.WITHDRAWN),
)
NOTICE_MOVES = (
    (NoticeState.DRAFT, NoticeState.PUBLISHED),
    (NoticeState.PUBLISHED, NoticeState.TAKEN_DOWN),
)
BATCH_MOVES = (
    (BatchState.DRAFT, BatchState.FROZEN),
    (BatchState.DRAFT, BatchState.VOIDED),
    (BatchState.FROZEN, BatchState.DRAFT),
    (BatchState.FROZEN, BatchState.APPROVED),
    (BatchState.FROZEN, BatchState.VOIDED),
    (BatchState.APPROVED, BatchState.RELEASED),
    (BatchState.APPROVED, BatchState.VOIDED),
    (BatchState.RELEASED, BatchState.CLOSED),
)
PAYMENT_MOVES = (
    (PaymentState.PENDING, PaymentState.SENT),
    (PaymentState.PENDING, PaymentState.VOIDED),
    (PaymentState.SENT, PaymentState.SETTLED),
    (PaymentState.SENT, PaymentState.RETURNED),
    (PaymentState.RETURNED, PaymentState.VOIDED),
)

RELIEF_MOVES = (
    (ReliefState.PENDING, ReliefState.APPROVED),
    (ReliefState.PENDING, ReliefState.REFUSED),
    (ReliefState.APPROVED, ReliefState.PAID),
)


class Found(models.TextChoices):
    """What a comparison can tell the office that sent a list about one child."""

    AT_SCHOOL = "at-school", _("已匹配，在校")
    NOT_AT_SCHOOL = "not-at-school", _("已匹配，本学期不在校")
    LIKELY = "likely", _("疑似匹配，待确认")
    NOT_FOUND = "not-found", _("未找到")
    OFF_LIST = "off-list", _("名单外受助")


class ListResult(models.TextChoices):
    """What became of one row of a list: every row has exactly one result."""

    AIDED = "aided", _("已受助")
    NOT_AIDED = "not-aided", _("在校，未受助")
    UNCONFIRMED = "unconfirmed", _("在校，身份待确认")
    NOT_AT_SCHOOL = "not-at-school", _("已匹配，本学期不在校")
    LIKELY = "likely", _("疑似匹配，待确认")
    NUMBER_UNUSABLE = "number-unusable", _("未找到，名单证号无效")
    NOT_FOUND = "not-found", _("未找到，证号有效")


# --- the matrix ---------------------------------------------------------------------------------


class CellState(models.TextChoices):
    """Where a child's money of one programme stands in one term; every cell has exactly one."""

    PAID = "paid", _("已发放")
    PAYING = "paying", _("按期发放中")
    AWAITING = "awaiting", _("待发放")
    RETURNED = "returned", _("退回待更正")
    SUSPENDED = "suspended", _("已暂停")
    OVERDUE = "overdue", _("漏发")
    MISSED = "missed", _("应助未助")
    EXHAUSTED = "exhausted", _("资金或指标不足")
    ELSEWHERE = "elsewhere", _("已另行享受")
    STOPPED = "stopped", _("已取消或不再发放")
    RECOVERED = "recovered", _("已追回")
    NOT_ELIGIBLE = "not-eligible", _("不符合条件")


class CellReason(models.TextChoices):
    """Why a cell is in its state, beside the reasons of a run (``Skip``) and of what is due."""

    SETTLED = "settled", _("全部到账")
    PARTS_LEFT = "parts-left", _("已到期的都已到账，其余未到应发日")
    PROPOSED = "proposed", _("已拟资助，待公示或批准")
    ON_SHOW = "on-show", _("公示中，待批准")
    NOT_DUE = "not-due", _("已批准，未到应发日")
    TO_BATCH = "to-batch", _("已到应发日，待编入批次")
    IN_BATCH = "in-batch", _("已编入批次，待送银行")
    SENT = "sent", _("已送银行，待回盘")
    CAME_BACK = "came-back", _("银行退回，待更正账户后补发")
    ON_HOLD = "on-hold", _("资助已暂停")
    NOT_BATCHED = "not-batched", _("已过应发日，一直未编入批次")
    LEFT_OUT = "left-out", _("符合条件，计算名单后仍没有资助决定")
    NOT_RUN = "not-run", _("符合条件，本学期尚未计算该项目名单")
    NO_SOURCE_RULE = "no-source-rule", _("符合条件，但未登记资金分担规则")
    QUOTA_FULL = "quota-full", _("符合条件，但计划指标已满")
    AWARD_CANCELLED = "award-cancelled", _("资助已取消")
    GIVEN_UP = "given-up", _("退回后注明不再补发")
    TAKEN_BACK = "taken-back", _("已发款项全部追回")
    WAIVED = "waived", _("经核实不应资助")


# --- doubts, back-pay, recovery, samples --------------------------------------------------------


class DoubtKind(models.TextChoices):
    """What about a term's money somebody has to look at."""

    MISSED = "missed", _("应助未助")
    OVERDUE = "overdue", _("漏发")
    BREAK = "break", _("断档：上学期发放、本学期没有")
    SHARED_CARD = "shared-card", _("不同家庭的学生共用同一账户")
    PAYEE = "payee", _("收款人不是学生本人，且无已审核的关系")
    TEACHER_CARD = "teacher-card", _("收款人疑为教师")
    TWO_SCHOOLS = "two-schools", _("同一学期在两校受助")
    AMOUNT = "amount", _("金额与执行标准不符")
    DUPLICATE = "duplicate", _("与既往发放记录重复")
    AFTER_LEAVING = "after-leaving", _("死亡、转出或休学后仍发放")
    MANY = "many", _("同一账户收款人数异常")


class DoubtState(models.TextChoices):
    """Where the looking into a doubt stands."""

    OPEN = "open", _("待核查")
    CONFIRMED = "confirmed", _("属实")
    DISMISSED = "dismissed", _("核查无误")
    GONE = "gone", _("已消失")


class BackPayKind(models.TextChoices):
    """What a back-pay made."""

    AWARDS = "awards", _("补助（补作资助决定）")
    PAYMENTS = "payments", _("补发（编入发放批次）")


class RecoveryCause(models.TextChoices):
    """Why money is taken back."""

    INELIGIBLE = "ineligible", _("不符合条件")
    DUPLICATE = "duplicate", _("重复发放")
    WRONG_PAYEE = "wrong-payee", _("错发他人")
    WRONG_AMOUNT = "wrong-amount", _("金额错误")
    AFTER_LEAVING = "after-leaving", _("离校、休学或死亡后发放")
    OTHER = "other", _("其他")


class RecoveryState(models.TextChoices):
    """Life of a recovery."""

    PROPOSED = "proposed", _("待审批")
    APPROVED = "approved", _("追回中")
    REFUSED = "refused", _("不予追回")
    COLLECTED = "collected", _("已追回")
    WRITTEN_OFF = "written-off", _("余额已核销")


RECOVERY_MOVES = (
    (RecoveryState.PROPOSED, RecoveryState.APPROVED),
    (RecoveryState.PROPOSED, RecoveryState.REFUSED),
    (RecoveryState.APPROVED, RecoveryState.COLLECTED),
    (RecoveryState.APPROVED, RecoveryState.WRITTEN_OFF),
)


class SampleState(models.TextChoices):
    """Life of a sample."""

    FRAMED = "framed", _("总体已固定，待抽取")
    DRAWN = "drawn", _("已抽取，核查中")
    CLOSED = "closed", _("已出报告")


SAMPLE_MOVES = (
    (SampleState.FRAMED, SampleState.DRAWN),
    (SampleState.DRAWN, SampleState.CLOSED),
)


class Stratum(models.TextChoices):
    """By what a sample is stratified."""

    NONE = "none", _("不分层")
    PROGRAMME = "programme", _("按项目")
    SCHOOL = "school", _("按学校")


class SampleResult(models.TextChoices):
    """What the looking into one drawn payment gave."""

    OPEN = "open", _("待核查")
    MATCHES = "matches", _("相符")
    DIFFERS = "differs", _("不符")
    UNREACHABLE = "unreachable", _("无法核实")


class SampleMethod(models.TextChoices):
    """How a drawn payment was looked into."""

    IN_PERSON = "in-person", _("入户或到校当面核实")
    PHONE = "phone", _("电话核实")
    PAPERS = "papers", _("查阅凭证")
