#!/usr/bin/env python3
"""Check an exported ledger without the system that wrote it; needs Python 3.8 and nothing else.

    python3 verify_export.py LEDGER.xlsx|LEDGER.csv [--anchor COUNT:HASH] [--json]

What is checked, and which row is named where it fails:

1. Every row's hash is SHA-256 over its first 15 columns (county, number, voucher, time, day,
   account, amount, source, programme, school, term, basis, memo, who, previous hash), as a JSON
   array of texts without blanks.
2. A row that follows its predecessor in number holds that one's hash as its previous hash.
   An export of one year or one source leaves rows of the chain out; such gaps are counted.
3. Where nothing is left out, the legs of every voucher sum to zero.
4. The row that the anchor on the export's own cover names, where the export reaches that far,
   carries its hash. With --anchor (from a payment sheet, which the database's owner cannot have
   changed): the row of that number is there and carries that hash.
5. The content hash on the cover is that of the rows. It is printed: compare it with the one that
   the audit trail of the system keeps for this export; then no row can have been left out either.
6. What is printed beside the hashed columns agrees with them: a row's money in and out is its
   amount where its account is cash, and their sums and the number of rows are those that the cover
   and the line of totals tell. (The year's balances among the cover's notes are not checked: they
   also rest on earlier years.)

Exit 0: whole. 1: broken. 2: not a ledger that can be read.
"""

import argparse
import csv
import hashlib
import json
import re
import sys
import zipfile
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from xml.etree import ElementTree

COLUMNS = 15
AT_SEQ, AT_VOUCHER, AT_DAY, AT_ACCOUNT, AT_AMOUNT, AT_PREVIOUS, AT_HASH = 1, 2, 4, 5, 6, 14, 15
KEYS = (
    *("county_code", "seq", "transaction_no", "posted_at", "effective_on", "account", "amount"),
    *("source", "programme_code", "school_code", "term", "subject", "memo", "posted_by_id"),
    *("previous_hash", "hash", "account_label", "source_label", "cash_in", "cash_out"),
)
ANCHOR = re.compile(r"(?:\d{6} )?(\d+) ([0-9a-f]{64})")
HASH = re.compile(r"[0-9a-f]{64}")
DANGEROUS = re.compile("^'*(?:[\t\r\n]|[\\s\u200b\ufeff]*[=+\\-@＝＋－＠])")
CENT = Decimal("0.01")
SUMMED = AT_IN, AT_OUT = len(KEYS) - 2, len(KEYS) - 1
ROWS = ("行数", "Rows")  # what the cover's line of the number of rows begins with
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?%?")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class NotReadable(Exception):
    """The file is not an exported ledger."""


def main():
    parser = argparse.ArgumentParser(description="Check an exported ledger.")
    parser.add_argument("file")
    parser.add_argument("--anchor", default="", help="COUNT:HASH that the chain must hold")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    try:
        cover, content = Cover(), Content()
        found = check(content.passing(rows_of(options.file, cover)), options.anchor)
        found = check_cover(found, cover, content)
    except (NotReadable, OSError, zipfile.BadZipFile, ElementTree.ParseError) as error:
        sys.stderr.write(f"cannot read: {error}\n")
        return 2
    if options.json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    elif found["ok"]:
        line = "whole: {rows} rows, {gaps} gaps, last {last} {hash}\ncontent {content}\n"
        line = line.format(**found)
        sys.stdout.write(line)
    else:
        sys.stdout.write("broken at number {number}: {fault}\n".format(**found))
    return 0 if found["ok"] else 1


# --- checking -----------------------------------------------------------------------------------


def check(rows, anchor=""):
    """Walk the rows and return what was found."""
    state = {"ok": True, "rows": 0, "gaps": 0, "last": 0, "hash": "", "fault": "", "number": 0}
    ends, sums, whole = {}, {}, {}
    wanted = anchor.replace(" ", ":").split(":") if anchor else []
    anchored = not wanted
    for row in rows:
        fault = faulty(row, ends)
        number = row[AT_SEQ]
        if fault:
            return dict(state, ok=False, fault=fault, number=number)
        county = row[0]
        before = ends.get(county)
        follows = before is not None and int(number) == before[0] + 1
        if not follows and (before is not None or int(number) != 1):
            state["gaps"] += 1
        add_up(row, sums, whole)
        ends[county] = (int(number), row[AT_HASH])
        if wanted and number == wanted[0]:
            if row[AT_HASH] != wanted[1]:
                return dict(state, ok=False, fault="hash differs from the anchor", number=number)
            anchored = True
        state.update(rows=state["rows"] + 1, last=number, hash=row[AT_HASH])
    odd = [key for key, total in sums.items() if total]
    if odd and not state["gaps"]:
        fault = f"voucher {odd[0][1]} does not sum to zero"
        return dict(state, ok=False, fault=fault, number=whole[odd[0]])
    if not anchored:
        return dict(state, ok=False, fault="the anchored row is missing", number=wanted[0])
    return state


class Cover:
    """What the export's own cover says: the chain's end, the rows' hash, their number and sums."""

    def __init__(self):
        self.anchors, self.content = {}, ""
        self._lines, self._headings, self._totals = [], [""] * len(KEYS), []

    def read(self, cells):
        if len(cells) == 2:
            self._lines.append([cells[0].lstrip("# "), cells[1]])
        elif len(cells) == len(KEYS):
            if all(cells):
                self._headings = cells
            else:
                self._totals.append([cells[at] for at in SUMMED])
        for cell in cells:
            for number, value in ANCHOR.findall(cell):
                self.anchors[number] = value
            if HASH.fullmatch(cell.strip()):
                self.content = cell.strip()

    def untrue(self, rows, sums):
        """Return the first line that tells another number or sum of the rows, "" for none."""
        for label, value in self._lines:
            if label in ROWS and value != str(rows):
                return f"{label} {value}, counted {rows}"
            for at, total in sums.items():
                heading = self._headings[at]
                if heading and label.endswith(heading) and not same(value, total):
                    return f"{label} {value}, summed {total}"
        for told in self._totals:
            if not all(map(same, told, sums.values())):
                return "line of totals {} {}, summed {} {}".format(*told, *sums.values())
        return ""


def same(text, amount):
    """Return whether a cell holds an amount; an empty one holds nothing."""
    try:
        return Decimal(text or "0").quantize(CENT) == amount
    except InvalidOperation:
        return False


class Content:
    """The rows' content hash as the system takes it, over all columns; their money in and out."""

    def __init__(self):
        self.digest, self.whole, self.known = hashlib.sha256(), True, {}
        self.rows, self.sums = 0, dict.fromkeys(SUMMED, Decimal("0.00"))
        self._line(KEYS)

    def _line(self, cells):
        text = json.dumps(list(cells), ensure_ascii=False, separators=(",", ":"))
        self.digest.update((text + "\n").encode("utf-8"))

    def passing(self, rows):
        for row in rows:
            cells = [*row, *[""] * (len(KEYS) - len(row))]
            self.whole = self.whole and len(cells) == len(KEYS)
            self.rows += 1
            into, out = cash_of(row)
            self.sums[AT_IN] += into
            self.sums[AT_OUT] += out
            for at in SUMMED:
                if NUMBER.fullmatch(cells[at]):
                    cells[at] = str(Decimal(cells[at]).quantize(CENT))
            self._line(cells)
            self.known[row[AT_SEQ]] = row[AT_HASH]
            yield row


def check_cover(found, cover, content):
    """Compare the rows with what the cover says of them."""
    found["content"] = content.digest.hexdigest() if content.whole else ""
    found["cover"] = bool(cover.content)
    if not found["ok"]:
        return found
    for number, value in cover.anchors.items():
        if content.known.get(number, value) != value:
            return dict(found, ok=False, fault="hash differs from the cover's", number=number)
    if cover.content and content.whole and cover.content != found["content"]:
        fault = "the rows are not those that the cover was made for"
        return dict(found, ok=False, fault=fault, number=found["last"])
    untrue = cover.untrue(content.rows, content.sums)
    if untrue:
        fault = f"the cover or the totals differ from the rows: {untrue}"
        return dict(found, ok=False, fault=fault, number=found["last"])
    return found


def faulty(row, ends):
    """Return what is wrong with a row, "" for nothing."""
    if not HASH.fullmatch(row[AT_HASH]):
        return "no hash"
    if hash_of(row[:COLUMNS]) != row[AT_HASH]:
        return "the row does not give its hash"
    printed = row[AT_IN : len(KEYS)]
    if not all(map(same, [*printed, "", ""], cash_of(row))):
        return "money in and out are not the amount"
    before = ends.get(row[0])
    if before is None:
        if row[AT_SEQ] == "1" and row[AT_PREVIOUS] != "0" * 64:
            return "the first row does not begin the chain"
        return ""
    if int(row[AT_SEQ]) <= before[0]:
        return "out of order"
    if int(row[AT_SEQ]) == before[0] + 1 and row[AT_PREVIOUS] != before[1]:
        return "does not follow from the row before"
    return ""


def cash_of(row):
    """Return what a row brought into and took out of the cash account."""
    amount = Decimal(row[AT_AMOUNT]) if row[AT_ACCOUNT] == "cash" else Decimal(0)
    return max(amount, Decimal(0)), max(-amount, Decimal(0))


def add_up(row, sums, whole):
    """Add a leg to its voucher; a voucher after a gap may have lost its first legs."""
    key = (row[0], row[AT_VOUCHER])
    if key not in sums:
        sums[key], whole[key] = Decimal(0), row[AT_SEQ]
    sums[key] += Decimal(row[AT_AMOUNT])


def hash_of(texts):
    """Return SHA-256 of the canonical text."""
    text = json.dumps(list(texts), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


# --- reading ------------------------------------------------------------------------------------


def rows_of(path, cover):
    """Yield the ledger's rows as texts, whatever the format; the cover takes the other lines."""
    reader = rows_of_xlsx if zipfile.is_zipfile(path) else rows_of_csv
    seen = False
    for row in reader(path):
        cells = canonical(row)
        if cells is None:
            cover.read(row)
            continue
        seen = True
        yield cells
    if not seen:
        raise NotReadable(f"no row with a hash in column {AT_HASH + 1}")


def canonical(row):
    """Return a row's texts as they were hashed, None for a heading, total or note."""
    if len(row) <= AT_HASH or not row[AT_SEQ].isdigit():
        return None
    cells = list(row)
    try:
        cells[AT_AMOUNT] = str(Decimal(cells[AT_AMOUNT]).quantize(CENT))
    except InvalidOperation as error:
        raise NotReadable(f"amount of number {row[AT_SEQ]}") from error
    if NUMBER.fullmatch(cells[AT_DAY]) and "-" not in cells[AT_DAY]:
        days = int(Decimal(cells[AT_DAY]))
        cells[AT_DAY] = (date(1899, 12, 30) + timedelta(days=days)).isoformat()
    if NUMBER.fullmatch(cells[3]):
        seconds = round(float(cells[3]) * 86400)
        moment = datetime(1899, 12, 30) + timedelta(seconds=seconds)  # noqa: DTZ001  # a cell has no zone
        cells[3] = moment.strftime("%Y-%m-%d %H:%M:%S")
    return cells


def rows_of_csv(path):
    """Yield the rows of a CSV file; an apostrophe put before a formula is taken off."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        try:
            for row in csv.reader(file):
                if not row:
                    continue
                yield [unguarded(cell) for cell in row]
        except UnicodeDecodeError as error:
            raise NotReadable("not UTF-8") from error


def unguarded(text):
    """Return a text without the apostrophe that keeps a spreadsheet from running it."""
    bare = text[1:]
    if text[:1] == "'" and DANGEROUS.match(bare) and not NUMBER.fullmatch(bare):
        return bare
    return text


def rows_of_xlsx(path):
    """Yield the rows of every sheet, in order of the sheets."""
    with zipfile.ZipFile(path) as book:
        names = [n for n in book.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n)]
        names.sort(key=lambda name: int(re.sub(r"\D", "", name)))
        shared = shared_strings(book)
        for name in names:
            with book.open(name) as part:
                for _event, element in ElementTree.iterparse(part):  # noqa: S314  # expat limits entities itself
                    if element.tag == MAIN + "row":
                        yield cells_of(element, shared)
                        element.clear()


def shared_strings(book):
    """Return the shared texts of a workbook that some program saved again."""
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    root = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314  # likewise
    return ["".join(t.text or "" for t in item.iter(MAIN + "t")) for item in root]


def cells_of(row, shared):
    """Return the texts of a sheet's row."""
    cells = []
    for cell in row:
        place = column_of(cell.get("r")) if cell.get("r") else len(cells)
        while len(cells) < place:
            cells.append("")
        cells.append(text_of(cell, shared))
    return cells


def column_of(reference):
    """Return the zero-based column of a cell reference."""
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter) - 64
    return number - 1


def text_of(cell, shared):
    """Return a cell's text."""
    if cell.get("t") == "inlineStr":
        text = "".join(t.text or "" for t in cell.iter(MAIN + "t"))
        return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m.group(1), 16)), text)
    value = cell.find(MAIN + "v")
    if value is None or value.text is None:
        return ""
    return shared[int(value.text)] if cell.get("t") == "s" else value.text


if __name__ == "__main__":
    sys.exit(main())
