"""From two files as they are to links: intake, then reconciliation, by the commands."""

import io
import json
from datetime import date

from django.core.management import call_command

from students.models import HardshipStatus, Student
from tests.students.world import World


def run(*arguments):
    out = io.StringIO()
    call_command(*arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_numbers_recovered_lost_and_missing_find_their_way(db, tmp_path):
    world = World().build()
    plain, from_no, lost, missing = (world.next_id(date(2007, 3, n)) for n in range(1, 5))
    roster = tmp_path / "roster.csv"
    lines = [
        ("学校", "姓名", "身份证号", "学籍号", "年级", "班级", "出生日期", "困难类型"),
        ("School 1", "张一一", plain, "", "三年级", "1", "2007-03-01", "建档立卡"),
        ("School 1", "张二二", "", f"G{from_no}", "三年级", "1", "2007-03-02", ""),
        ("School 1", "张三三", f"{lost[:15]}000", "", "三年级", "1", "2007-03-03", "贫困户"),
        ("School 1", "张四四", "", "", "三年级", "1", "2007-03-04", ""),
    ]
    roster.write_text("\n".join(",".join(line) for line in lines), encoding="gbk")
    register = tmp_path / "register.csv"
    lines = [
        ("乡镇", "行政村", "户编号", "人编号", "姓名", "证件号码", "与户主关系", "贫困户属性"),
        ("T1", "V", "H1", "P1", "张一一", plain, "之子", "一般贫困户"),
        ("T1", "V", "H2", "P2", "张二二", from_no, "之子", "一般贫困户"),
        ("T1", "V", "H3", "P3", "张三三", lost, "之子", "一般贫困户"),
        ("T1", "V", "H4", "P4", "张四四", missing, "之子", "一般贫困户"),
        ("T1", "V", "H5", "P5", "李五五", world.next_id(date(2008, 5, 5)), "之子", "一般贫困户"),
    ]
    register.write_text("\n".join(",".join(line) for line in lines), encoding="gbk")
    entered = run("intake", "roster", str(roster), "--term", "2016-1", "--apply")
    assert entered["applied"]["new"] == 4, entered
    listed = run("intake", "poverty-register", str(register), "--as-of", "2016-06-30", "--apply")
    assert listed["applied"]["new"] == 5, listed
    dump = tmp_path / "links.jsonl"
    answer = run("reconcile", "--term", "2016-1", "--dump", str(dump))
    assert answer["links"] == {"id": 1, "recovered": 1, "probable": 2}
    # None of the five households has a head, and some sons' numbers are women's.
    assert answer["findings"].pop("register-logic") >= 5
    assert answer["findings"] == {"not-on-roster": 1, "probable-match": 2}
    assert HardshipStatus.objects.count() == 2
    assert Student.objects.filter(identity_confirmed=True).count() == 2
    sources = [json.loads(line)["sources"] for line in dump.read_text().splitlines()]
    rows = {(one["list"], one["file"], one["row"]) for pair in sources for one in pair}
    assert ("roster", "roster.csv", 2) in rows
    assert ("poverty-register", "register.csv", 6) in rows
