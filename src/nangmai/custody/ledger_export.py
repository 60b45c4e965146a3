"""An export of the ledger and its verification, with public keys alone and in one pass (docs/design/ledger.md).

Entries come as a stream of lines beside a stream of their leaf hashes: the tree is built from the hashes, and every
entry is compared with its own, so that a fault names its entry. Pure: reading files is the caller's.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from nangmai.base.errors import Error, Kind
from nangmai.custody.ledger import Entry, EntryInvalid, LedgerCheckpoint, read_checkpoint
from nangmai.custody.merkle import CompactRange, RangeMalformed, leaf_hash, verify_consistency
from nangmai.custody.note import NoteForged, NoteMalformed, verify_note

FORM = "nangmai.ledger-export/1"
ENTRIES, LEAVES, CHECKPOINTS, KEYS, RANGE = "ledger.jsonl", "leaves.bin", "checkpoints.txt", "keys.json", "range.json"
MOST_TOLD = 100  #: faults that are told one by one; all are counted

Answer = Literal["whole", "signed", "witnessed", "stamped"]


class ExportInvalid(Error):
    """This is no export of a ledger: {complaint}."""

    kind = Kind.INVALID


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ExportRange:
    """Which part of the log an export holds, and what ties it to the rest (`range.json`)."""

    origin: str
    first: int
    last: int
    size: int  #: of the newest checkpoint
    before: tuple[bytes, ...]  #: compact range of the entries before `first`
    proof: tuple[bytes, ...]  #: consistency of the log up to `last` with the newest checkpoint

    def to_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        fields = dataclasses.asdict(self)
        return {"form": FORM} | fields | {name: [part.hex() for part in fields[name]] for name in ("before", "proof")}

    @classmethod
    def from_json(cls, value: Any) -> ExportRange:
        """Read it back."""
        try:
            if value["form"] != FORM:
                raise ValueError(f"its form is {value['form']!r}, not {FORM!r}")
            first, last, size = (value[name] for name in ("first", "last", "size"))
            if not all(type(number) is int for number in (first, last, size)) or not 0 <= first <= last + 1 <= size:
                raise ValueError("its numbers do not fit together")
            before, proof = (tuple(map(bytes.fromhex, value[name])) for name in ("before", "proof"))
            CompactRange(first, before)
        except (KeyError, TypeError, ValueError, RangeMalformed) as error:
            raise ExportInvalid(complaint=f"{RANGE}: {error}") from error
        return cls(origin=str(value.get("origin", "")), first=first, last=last, size=size, before=before, proof=proof)


class Fault(NamedTuple):
    """What does not hold, and of which entries."""

    answer: Answer
    code: str
    message: str
    entry: int | None = None  #: the first entry concerned
    last: int | None = None  #: the last one, where there are several


@dataclasses.dataclass(slots=True)
class Verification:
    """What was found. `witnessed` and `stamped` are None when nobody asked."""

    origin: str
    first: int
    last: int
    entries: int = 0
    checkpoints: int = 0
    is_witness_asked: bool = False
    is_stamp_asked: bool = False
    stamped: tuple[int, int, str] | None = None  #: the newest that holds: entries, moment, authority
    broken: set[Answer] = dataclasses.field(default_factory=set)
    faults: list[Fault] = dataclasses.field(default_factory=list)
    fault_count: int = 0

    @property
    def is_whole(self) -> bool:
        """No entry was changed, dropped, moved or slipped in since the checkpoints were made."""
        return "whole" not in self.broken

    @property
    def is_signed(self) -> bool:
        """Every checkpoint is signed by the key, and every entry is under one."""
        return "signed" not in self.broken

    @property
    def is_witnessed(self) -> bool | None:
        """Every checkpoint that was known elsewhere is one of this log."""
        return "witnessed" not in self.broken if self.is_witness_asked else None

    @property
    def is_stamped(self) -> bool | None:
        """A trusted authority says when the entries were there."""
        return "stamped" not in self.broken if self.is_stamp_asked else None

    @property
    def holds(self) -> bool:
        """All that was asked."""
        return not self.broken

    def add(self, fault: Fault) -> None:
        """One more fault; only the first are kept."""
        self.broken.add(fault.answer)
        self.fault_count += 1
        if len(self.faults) < MOST_TOLD:
            self.faults.append(fault)

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "holds": self.holds,
            "whole": self.is_whole,
            "signed": self.is_signed,
            "witnessed": self.is_witnessed,
            "stamped": self.is_stamped,
            "newest_stamp": None if self.stamped is None else dict(zip(_STAMP, self.stamped, strict=True)),
            "origin": self.origin,
            "first": self.first,
            "last": self.last,
            "entries": self.entries,
            "checkpoints": self.checkpoints,
            "fault_count": self.fault_count,
            "faults": [fault._asdict() for fault in self.faults],
        }


_STAMP = ("entries", "at_us", "authority")


class Export(NamedTuple):
    """The parts of an export; the two streams are read once, in step."""

    span: ExportRange
    lines: Iterable[bytes]
    leaves: Iterable[bytes]
    notes: Sequence[str]


def verify(export: Export, key: Ed25519PublicKey, witnessed: Sequence[str] = ()) -> Verification:
    """Whether the export is whole, signed by `key`, and began as the `witnessed` checkpoints say."""
    span = export.span
    found = Verification(span.origin, span.first, span.last, is_witness_asked=bool(witnessed))
    signed = _read_notes(found, export.notes, key, "signed")
    known_elsewhere = _read_notes(found, witnessed, key, "witnessed")
    found.checkpoints = len(signed)
    roots = _walk(found, export, {checkpoint.size for checkpoint in (*signed, *known_elsewhere)} | {span.last + 1})
    _compare(found, span, signed, roots)
    _check_coverage(found, span, signed)
    _compare_witnessed(found, span, known_elsewhere, roots, signed)
    return found


def _read_notes(
    found: Verification, notes: Iterable[str], key: Ed25519PublicKey, answer: Answer
) -> list[LedgerCheckpoint]:
    """The checkpoints that can be read; those that are not signed by the key are faults and stay out."""
    checkpoints: list[LedgerCheckpoint] = []
    for number, note in enumerate(notes, start=1):
        try:
            checkpoint = read_checkpoint(note)
            verify_note(note, checkpoint.origin, key)
        except (NoteMalformed, NoteForged) as error:
            found.add(Fault(answer, error.code, f"Checkpoint {number}: {error}"))
            continue
        if checkpoint.origin != found.origin:
            message = f"Checkpoint {number} is of {checkpoint.origin}, the export of {found.origin}."
            found.add(Fault(answer, "origin_differs", message))
        elif answer == "signed" and checkpoints and checkpoint.size < checkpoints[-1].size:
            message = f"Checkpoint {number} states {checkpoint.size} entries, the one before it {checkpoints[-1].size}."
            found.add(Fault(answer, "checkpoint_order", message))
        else:
            checkpoints.append(checkpoint)
    return checkpoints


def _walk(found: Verification, export: Export, wanted: set[int]) -> dict[int, bytes]:
    """Compare every entry with its hash; the roots at the wanted sizes."""
    span = export.span
    tree = _Tree(CompactRange(span.first, span.before), export.leaves, wanted, span.last + 1)
    for number, line in enumerate(export.lines, start=1):
        try:
            entry = Entry.parse(line.removesuffix(b"\n"))
        except EntryInvalid as error:
            message = f"Line {number} (where entry {tree.size} is expected): {error}"
            found.add(Fault("whole", "entry_invalid", message, tree.size))
            continue
        found.entries += 1
        if entry.seq > span.last:
            found.add(Fault("whole", "entry_beyond", f"Entry {entry.seq} is beyond the end of the export.", entry.seq))
        elif entry.seq < tree.size:
            message = f"Entry {entry.seq} stands at line {number}, out of its order or a second time."
            found.add(Fault("whole", "entry_out_of_order", message, entry.seq))
        else:
            _miss(found, tree, entry.seq)
            if tree.step() != leaf_hash(line.removesuffix(b"\n")):
                message = f"Entry {entry.seq} is not the one that was hashed."
                found.add(Fault("whole", "entry_altered", message, entry.seq))
    _miss(found, tree, span.last + 1)
    if tree.is_short:
        message = f"{LEAVES} ends before entry {span.last}."
        found.add(Fault("whole", "leaves_missing", message, tree.tree.size, span.last))
    elif next(tree.leaves, None) is not None:
        found.add(Fault("whole", "leaves_beyond", f"{LEAVES} goes on after entry {span.last}."))
    return tree.roots


class _Tree:
    """The tree over the leaf hashes, leaf by leaf, with its roots at the wanted sizes."""

    def __init__(self, tree: CompactRange, leaves: Iterable[bytes], wanted: set[int], end: int) -> None:
        self.tree, self.leaves, self.wanted, self.end = tree, iter(leaves), wanted, end
        self.size = tree.size  #: the entry that is expected next
        self.is_short = False
        self.roots = {tree.size: tree.root()} if tree.size in wanted else {}

    def step(self) -> bytes | None:
        """The hash of the next leaf; None past the end of the hashes."""
        leaf = None if self.is_short else next(self.leaves, None)
        self.size += 1
        if leaf is None:
            self.is_short = True
            return None
        self.tree.append(leaf)
        if self.tree.size in self.wanted:
            self.roots[self.tree.size] = self.tree.root()
        return leaf


def _miss(found: Verification, tree: _Tree, until: int) -> None:
    """Entries up to `until` are not there: one fault, and the tree goes on with their hashes."""
    if tree.size >= until:
        return
    first, last = tree.size, until - 1
    message = f"Entry {first} is missing." if first == last else f"Entries {first} to {last} are missing."
    found.add(Fault("whole", "entry_missing", message, first, last))
    while tree.size < until:
        if tree.step() is None:
            tree.size = until


def _compare(
    found: Verification, span: ExportRange, checkpoints: Sequence[LedgerCheckpoint], roots: Mapping[int, bytes]
) -> None:
    """Each signed root with the one of the entries; the first that differs says between which entries."""
    good = span.first
    for checkpoint in checkpoints:
        size = checkpoint.size
        if size < span.first:
            continue
        if size > span.last + 1:
            if not _leads_to(span, roots, checkpoint):
                message = f"A signed checkpoint states {size} entries; the export ends with entry {span.last}."
                found.add(Fault("whole", "export_truncated", message, span.last + 1, size - 1))
        elif roots.get(size) == checkpoint.root:
            good = size
        else:
            message = f"The signed root of {size} entries is another: one of {good} to {size - 1} was replaced."
            found.add(Fault("whole", "root_differs", message, good, size - 1))
            return


def _leads_to(span: ExportRange, roots: Mapping[int, bytes], checkpoint: LedgerCheckpoint) -> bool:
    """Whether the log up to the end of the export is how the checkpoint's log began."""
    end = roots.get(span.last + 1)
    return (
        end is not None
        and checkpoint.size == span.size
        and verify_consistency(span.last + 1, checkpoint.size, end, checkpoint.root, span.proof)
    )


def _check_coverage(found: Verification, span: ExportRange, checkpoints: Sequence[LedgerCheckpoint]) -> None:
    covered = max((checkpoint.size for checkpoint in checkpoints), default=0)
    if covered <= span.last:
        first = max(covered, span.first)
        message = f"No signed checkpoint covers the entries {first} to {span.last}."
        found.add(Fault("signed", "entries_unsigned", message, first, span.last))


def _compare_witnessed(
    found: Verification,
    span: ExportRange,
    witnessed: Sequence[LedgerCheckpoint],
    roots: Mapping[int, bytes],
    signed: Sequence[LedgerCheckpoint],
) -> None:
    """What is known elsewhere has to be a beginning of this log."""
    known = dict(roots)
    known.update((checkpoint.size, checkpoint.root) for checkpoint in signed if _leads_to(span, roots, checkpoint))
    for checkpoint in witnessed:
        size = checkpoint.size
        if size < span.first:
            message = f"A witnessed checkpoint of {size} entries cannot be judged: the export begins with {span.first}."
            found.add(Fault("witnessed", "witness_before_export", message))
        elif size > span.last + 1 and size not in known:
            message = f"A witness knows {size} entries; the export ends with entry {span.last}: the rest is missing."
            found.add(Fault("witnessed", "witness_knows_more", message, span.last + 1, size - 1))
        elif known.get(size) != checkpoint.root:
            message = f"A witness knows {size} other entries: one of 0 to {size - 1} was replaced."
            found.add(Fault("witnessed", "witness_differs", message, 0, size - 1))


def pieces(chunks: Iterable[bytes], size_bytes: int) -> Iterator[bytes]:
    """Cut a stream into pieces of one size; a rest that is too short is a piece too."""
    kept = b""
    for chunk in itertools.chain(chunks, [b""]):
        kept += chunk
        whole = len(kept) // size_bytes * size_bytes
        yield from (kept[at : at + size_bytes] for at in range(0, whole, size_bytes))
        kept = kept[whole:]
    if kept:
        yield kept
