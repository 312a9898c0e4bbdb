"""Search texts for PubMed: concept blocks put in, syntax checked, without asking PubMed.

A query names concept blocks in braces, ``{back_pain} AND {chronic}``. After they are put in, the
text is read into a light tree, enough to say where a parenthesis, a quotation mark, a field tag
or an operator is wrong. What PubMed makes of a correct query only PubMed can say.

The field tags and the rule of four characters before ``*`` are those of PubMed's help
(https://pubmed.ncbi.nlm.nih.gov/help/).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

LONG_QUERY = 3_500
MAX_QUERY = 20_000
MAX_DEPTH = 30
MIN_BEFORE_WILDCARD = 4

_SHORT_TAGS = (
    "ab ad affl aid all au 1au auid cn cois crdt dcom dp edat ed eid ein epdat fau fir gr ir irad is "
    "isbn ip jid jour la lang lastau lid lr majr majr:noexp mdat mesh mesh:noexp mh mh:noexp mhda nm "
    "ot own pa pdat pg pid pl pmcid pmid pn ppdat ps pt ptyp rn sb sh sh:noexp si so subset ta text "
    "ti tiab tt tw uid vi"
)
_LONG_TAGS = (
    "abstract", "affiliation", "all fields", "author", "author - first", "author - last", "book",
    "conflict of interest statements", "corporate author", "date - completion", "date - create",
    "date - entry", "date - mesh", "date - modification", "date - publication", "ec/rn number",
    "editor", "filter", "grants and funding", "investigator", "isbn", "issue", "journal", "language",
    "location id", "mesh major topic", "mesh subheading", "mesh terms", "other term", "pagination",
    "pharmacological action", "publication type", "publisher", "secondary source id", "subheading",
    "supplementary concept", "text word", "text words", "title", "title/abstract",
    "transliterated title", "volume",
)  # fmt: skip
FIELD_TAGS = frozenset((*_SHORT_TAGS.split(), *_LONG_TAGS))
_MESH_TAGS = frozenset({"mesh", "mh", "majr", "mesh:noexp", "mh:noexp", "majr:noexp", "mesh terms"})
_PROXIMITY = re.compile(r"(?:ti|tiab|ad|title|title/abstract|affiliation):~\d{1,4}\Z")
_CONCEPT = re.compile(r"\{([^{}]*)\}")
_TOKEN = re.compile(
    r'(?P<space>\s+)|(?P<phrase>"[^"]*")|(?P<tag>\[[^\[\]]*\])|(?P<open>\()|(?P<close>\))'
    r'|(?P<word>[^\s"\[\]()]+)|(?P<stray>["\[\]])'
)
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_SMALL_OPERATORS = frozenset({"and", "or", "not"})
EXAMPLE_TAGS = "[tiab], [ti], [Mesh], [majr], [sh], [pt], [sb], [tw], [au], [la], [dp], [crdt] …"


class NodeKind(StrEnum):
    """What a node of a query's tree is."""

    GROUP = "group"
    TERM = "term"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class QueryNode:
    """A term with its field tag, an operator, or what stands between parentheses."""

    kind: NodeKind
    text: str
    position: int
    tag: str | None = None
    children: tuple[QueryNode, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryProblem:
    """What is wrong with a query, and where in its expanded text (from 1)."""

    problem: str
    allowed: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A query ready to be sent, or the reasons why it is not."""

    text: str
    sha256: str
    concepts: tuple[str, ...]
    tree: QueryNode | None
    problems: tuple[QueryProblem, ...]
    warnings: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing is wrong with it."""
        return not self.problems


def read_query(template: str, concepts: Mapping[str, str]) -> Query:
    """Put the concept blocks into a query and check it.

    >>> read_query("{a} AND b[tiab]", {"a": "(x[tiab] OR y[tiab])"}).text
    '(x[tiab] OR y[tiab]) AND b[tiab]'
    """
    problems: list[QueryProblem] = []
    text, used = _expand(template, concepts, problems)
    text = " ".join(text.split())
    tree: QueryNode | None = None
    warnings: list[str] = []
    if len(text) > MAX_QUERY:
        problems.append(QueryProblem(f"has {len(text)} characters", f"at most {MAX_QUERY}"))
    elif not problems:
        tree = _Reader(text, problems, warnings).read()
        if len(text) > LONG_QUERY:
            warnings.append(f"is long ({len(text)} characters): it can only be sent by POST")
    return Query(
        text,
        query_sha256(text),
        tuple(used),
        None if problems else tree,
        tuple(problems),
        tuple(warnings),
    )


def check_concept(name: str, concepts: Mapping[str, str]) -> tuple[QueryProblem, ...]:
    """Check one concept block by itself; it may begin with an operator (``NOT (…)``)."""
    text = concepts[name].strip()
    start = re.match(r"(?:AND|OR|NOT)\s+", text)
    return read_query(text[start.end() :] if start else text, concepts).problems


def query_sha256(text: str) -> str:
    """Return the hash of a query, whatever its line breaks."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()


def _expand(
    template: str, concepts: Mapping[str, str], problems: list[QueryProblem]
) -> tuple[str, list[str]]:
    text, used = template, []
    for _ in range(len(concepts) + 1):
        names = [name.strip() for name in _CONCEPT.findall(text)]
        if not names:
            break
        for name in dict.fromkeys(names):
            if name not in concepts:
                known = ", ".join(sorted(concepts)) or "none is defined"
                problems.append(QueryProblem(f"{{{name}}} is not a concept", known))
            elif name not in used:
                used.append(name)
        if problems:
            return text, used
        text = _CONCEPT.sub(lambda match: concepts[match.group(1).strip()], text)
        if len(text) > MAX_QUERY * 2:
            problems.append(
                QueryProblem("its concepts grow without end", f"at most {MAX_QUERY} characters")
            )
            return text[:MAX_QUERY], used
    if _CONCEPT.search(text):
        problems.append(QueryProblem("a concept contains itself", "concepts without a circle"))
    elif stray := re.search(r"[{}]", text):
        problems.append(
            QueryProblem(f"a lone {stray.group()}", "{name} for a concept", stray.start() + 1)
        )
    return text, used


@dataclass(slots=True)
class _Open:
    """A parenthesis that is not closed yet."""

    position: int
    nodes: list[QueryNode] = field(default_factory=list)


class _Reader:
    """Reads one expanded query from left to right."""

    def __init__(self, text: str, problems: list[QueryProblem], warnings: list[str]) -> None:
        self.text = text
        self.problems = problems
        self.warnings = warnings
        self.stack = [_Open(0)]

    def read(self) -> QueryNode:
        if not self.text:
            self._problem("is empty", 0)
        for match in _TOKEN.finditer(self.text):
            self._take(match)
        while len(self.stack) > 1:
            opened = self.stack.pop()
            self._problem("a parenthesis is not closed", opened.position, "as many ) as (")
            self.stack[-1].nodes.extend(opened.nodes)
        return self._group(self.stack[0].nodes, 0)

    def _take(self, match: re.Match[str]) -> None:
        kind, words, at = match.lastgroup, match.group(), match.start()
        nodes = self.stack[-1].nodes
        if kind == "open":
            self.stack.append(_Open(at))
            if len(self.stack) == MAX_DEPTH:
                self._problem(f"is nested more than {MAX_DEPTH} deep", at)
        elif kind == "close":
            self._close(at)
        elif kind == "tag":
            self._tag(words, at, is_attached=at > 0 and not self.text[at - 1].isspace())
        elif kind == "phrase":
            if not words.strip('"').strip():
                self._problem("an empty phrase", at, "words between the quotation marks")
            nodes.append(QueryNode(NodeKind.TERM, words, at))
        elif kind == "word":
            is_operator = words in _OPERATORS
            nodes.append(QueryNode(NodeKind.OPERATOR if is_operator else NodeKind.TERM, words, at))
        elif kind == "stray":
            what = "quotation mark" if words == '"' else "bracket"
            self._problem(f"a {what} {words} has no partner", at, f"{what}s in pairs")

    def _close(self, at: int) -> None:
        if len(self.stack) == 1:
            self._problem("a parenthesis is closed that was not opened", at, "as many ( as )")
            return
        opened = self.stack.pop()
        self.stack[-1].nodes.append(self._group(opened.nodes, opened.position))

    def _tag(self, words: str, at: int, *, is_attached: bool) -> None:
        tag = " ".join(words[1:-1].split()).lower()
        nodes = self.stack[-1].nodes
        if not tag:
            self._problem("an empty field tag []", at, EXAMPLE_TAGS)
        elif tag not in FIELD_TAGS and not _PROXIMITY.match(tag):
            self._problem(f"{words} is not a field tag", at, EXAMPLE_TAGS)
        if not nodes or nodes[-1].kind is not NodeKind.TERM:
            self._problem(f"{words} follows no term", at, "a tag right after its term")
            return
        last = nodes[-1]
        if last.tag is not None:
            self._problem(f"a second field tag {words} for one term", at, "one tag a term")
            return
        if not is_attached and last.text[:1] != '"':
            self.warnings.append(f"white space before {words} at character {at + 1}")
        # A run of words before a tag is one term: randomized controlled trial[pt].
        first = len(nodes) - 1
        while first > 0 and _is_bare(nodes[first - 1]) and _is_bare(nodes[-1]):
            first -= 1
        term = " ".join(node.text for node in nodes[first:])
        nodes[first:] = [QueryNode(NodeKind.TERM, term, nodes[first].position, tag)]

    def _group(self, nodes: Sequence[QueryNode], at: int) -> QueryNode:
        if not nodes and self.text:
            self._problem("nothing stands between the parentheses", at, "a term")
        self._check_operators(nodes)
        for node in nodes:
            if node.kind is NodeKind.TERM:
                self._check_term(node)
        return QueryNode(NodeKind.GROUP, "()", at, None, tuple(nodes))

    def _check_operators(self, nodes: Sequence[QueryNode]) -> None:
        operators = {node.text for node in nodes if node.kind is NodeKind.OPERATOR}
        if {"AND", "OR"} <= operators:
            self.warnings.append("AND and OR at one level: PubMed reads them from left to right")
        allowed = "a term on either side of AND, OR, NOT"
        before: QueryNode | None = None
        for node in nodes:
            if node.kind is NodeKind.OPERATOR and (before is None or before.kind is node.kind):
                self._problem(f"nothing stands before {node.text}", node.position, allowed)
            elif before is not None and _is_bare_pair(before, node):
                self.warnings.append(f"no operator before {node.text!r}: PubMed takes AND")
            before = node
        if before is not None and before.kind is NodeKind.OPERATOR:
            self._problem(f"nothing stands after {before.text}", before.position, allowed)

    def _check_term(self, node: QueryNode) -> None:
        words = node.text.strip('"')
        if node.tag is None and ":" not in node.text:
            if words in _SMALL_OPERATORS:
                self.warnings.append(f"{words!r} in small letters is not an operator for the API")
            else:
                self.warnings.append(f"{words!r} has no field tag: PubMed maps it by itself")
        if "*" not in words:
            return
        if node.tag in _MESH_TAGS:
            self._problem(f"* in the MeSH term {node.text}", node.position, "the term in full")
        elif "*" in words[:-1]:
            self._problem(f"* inside {node.text}", node.position, "* at the end of a term only")
        # PubMed counts the characters before the first *; in a phrase, those of its last word.
        elif len(words[:-1].split()[-1:] and words[:-1].split()[-1]) < MIN_BEFORE_WILDCARD:
            self._problem(
                f"fewer than {MIN_BEFORE_WILDCARD} characters before * in {node.text}",
                node.position,
                f"at least {MIN_BEFORE_WILDCARD}",
            )

    def _problem(self, problem: str, at: int, allowed: str | None = None) -> None:
        near = self.text[max(0, at - 20) : at + 30].strip()
        place = f" at character {at + 1}, near {near!r}" if near else ""
        self.problems.append(QueryProblem(problem + place, allowed, at + 1))


def _is_bare_pair(before: QueryNode, node: QueryNode) -> bool:
    """Tell whether two terms stand side by side, but for the colon of a range."""
    kinds = {before.kind, node.kind}
    return NodeKind.OPERATOR not in kinds and ":" not in (before.text, node.text)


def _is_bare(node: QueryNode) -> bool:
    is_word = node.kind is NodeKind.TERM and node.tag is None and not node.text.startswith('"')
    return is_word and node.text not in _SMALL_OPERATORS
