"""Two people sign one verdict: what counts, what lapses, what a build makes of it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import DecisionConflictError, UsageError
from evidence.pipeline import decisions as decide
from evidence.pipeline.build import build
from evidence.pipeline.signatures import (
    CLAIM,
    OVERRIDE,
    SIGNATURE,
    override_text,
    person_key,
    signatures,
    signed_text,
)
from evidence.settings import CHECKOUT, read_settings
from evidence.store.decisions import Event, read_events
from evidence.store.snapshots import open_snapshot
from evidence.vocabulary import VerdictWord

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TODAY = "Overstated; certainty rated Low; protocol p; inputs i"
OTHER = "Overstated; certainty rated Low; protocol p; inputs j"


def event(number, who, after, *, field=None, claim="c1", before=None):
    return Event(number, f"2026-11-24T12:00:{number:02}+00:00", who, CLAIM, claim,
                 field or SIGNATURE + person_key(who), 1, before, after, "why")  # fmt: skip


def reviewers(*events):
    review = signatures(events, {"c1": TODAY}).get("c1")
    return () if review is None else review.people


# What counts


def test_two_people_who_name_the_same_verdict_review_it():
    events = [event(1, "Ann", TODAY), event(2, "Bob", TODAY)]
    review = signatures(events, {"c1": TODAY})["c1"]
    assert review.people == ("Ann", "Bob")
    assert review.reviewed_at == "2026-11-24T12:00:02+00:00"


def test_one_person_is_one_person_however_typed():
    assert reviewers(event(1, "Ann Lee", TODAY), event(2, " ANN  lee", TODAY)) == (" ANN  lee",)


def test_one_person_under_two_fields_of_the_log_is_still_one():
    forged = event(2, "ann", TODAY, field=SIGNATURE + "somebody else")
    assert reviewers(event(1, "Ann", TODAY), forged) == ("Ann",)


def test_two_people_who_saw_different_verdicts_do_not_review_it():
    assert reviewers(event(1, "Ann", OTHER), event(2, "Bob", TODAY)) == ("Bob",)


def test_signatures_lapse_with_what_they_name_and_hold_for_it_alone():
    events = [event(1, "Ann", OTHER), event(2, "Bob", OTHER)]
    assert signatures(events, {"c1": TODAY}) == {}
    assert signatures(events, {"c1": OTHER})["c1"].people == ("Ann", "Bob")


def test_a_signature_taken_back_counts_no_more_until_given_again():
    events = [event(1, "Ann", TODAY), event(2, "Bob", TODAY), event(3, "Ann", None, before=TODAY)]
    assert reviewers(*events) == ("Bob",)
    assert reviewers(*events, event(4, "Ann", TODAY)) == ("Bob", "Ann")


def test_a_claim_that_is_not_followed_any_more_has_no_review():
    assert signatures([event(1, "Ann", TODAY, claim="gone")], {"c1": TODAY}) == {}


@given(
    st.lists(
        st.tuples(st.sampled_from(["Ann", "ann ", "Bob", "Cy"]),
                  st.sampled_from([TODAY, OTHER, None])),
        max_size=12,
    )
)  # fmt: skip
def test_whoever_last_named_todays_verdict_has_signed_it_and_nobody_else(steps):
    events = [event(n, who, after) for n, (who, after) in enumerate(steps, 1)]
    last = {person_key(who): after for who, after in steps}
    expected = {person for person, after in last.items() if after == TODAY}
    assert {person_key(who) for who in reviewers(*events)} == expected


def test_an_override_counts_only_when_two_people_signed_it():
    proposed = event(1, "Cy", override_text(VerdictWord.CONFLICTING, TODAY), field=OVERRIDE)
    by_hand = signed_text(TODAY, proposed)
    one = [proposed, event(2, "Ann", by_hand)]
    assert signatures(one, {"c1": TODAY}) == {}
    mixed = [*one, event(3, "Bob", TODAY)]
    assert signatures(mixed, {"c1": TODAY})["c1"].override is None
    assert reviewers(*mixed) == ("Bob",)
    two = [*one, event(3, "Bob", by_hand)]
    assert signatures(two, {"c1": TODAY})["c1"].override == proposed


def test_an_override_lapses_with_the_verdict_that_it_overrides():
    proposed = event(1, "Cy", override_text(VerdictWord.CONFLICTING, OTHER), field=OVERRIDE)
    by_hand = signed_text(TODAY, proposed)
    assert reviewers(proposed, event(2, "Ann", by_hand), event(3, "Bob", by_hand)) == ()


def test_an_override_taken_back_frees_nobody_from_what_the_rules_say():
    proposed = event(1, "Cy", override_text(VerdictWord.CONFLICTING, TODAY), field=OVERRIDE)
    by_hand = signed_text(TODAY, proposed)
    gone = event(4, "Cy", None, field=OVERRIDE, before=proposed.after)
    assert reviewers(proposed, event(2, "Ann", by_hand), event(3, "Bob", by_hand), gone) == ()


# What a build makes of it

SIGNED, UNTESTABLE, NUMBER = (
    "helps-sciatica",
    "clinics-have-licensed-professionals",
    "lifetime-prevalence",
)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Return three claims of the registry, and a protocol that shows the provisional as Very low.

    No stratum of the starter data is rated above Low, where the true cap would not be felt.
    """
    folder = tmp_path_factory.mktemp("sources")
    registry = yaml.safe_load((CHECKOUT / "data" / "claims.yaml").read_text(encoding="utf-8"))
    wanted = {SIGNED, UNTESTABLE, NUMBER}
    registry["claims"] = [claim for claim in registry["claims"] if claim["id"] in wanted]
    (folder / "claims.yaml").write_text(yaml.safe_dump(registry, allow_unicode=True), "utf-8")
    protocol = (CHECKOUT / "data" / "protocol.yaml").read_text(encoding="utf-8")
    assert "cap_provisional: 2" in protocol
    lowered = protocol.replace("cap_provisional: 2", "cap_provisional: 1")
    (folder / "protocol.yaml").write_text(lowered, "utf-8")
    base = read_settings({}, workspace=folder / "workspace", claims=folder / "claims.yaml")
    base = replace(base, protocol=folder / "protocol.yaml")
    build(base)
    return base


@pytest.fixture
def settings(sources, tmp_path):
    """Return a workspace of one's own in which nobody has decided anything yet."""
    shutil.copytree(sources.workspace, tmp_path / "workspace")
    return at(sources, tmp_path / "workspace")


def at(settings, workspace):
    url = read_settings({}, workspace=workspace).database_url
    return replace(settings, workspace=workspace, database_url=url)


@pytest.fixture
def snapshot(settings):
    return open_snapshot(settings.workspace)


def verdict(snapshot, claim_id=SIGNED):
    return snapshot.read("claim_verdicts").set_index("claim_id").loc[claim_id]


def sign_twice(settings, snapshot, claim_id=SIGNED, **more):
    decide.sign(settings, "Ann", claim_id, snapshot, now=NOON, **more)
    later = NOON + timedelta(minutes=1)
    return decide.sign(settings, "Bob", claim_id, snapshot, now=later, **more)


def test_two_signatures_lift_the_provisional_cap(settings, snapshot):
    before = verdict(snapshot)
    assert (before["review_state"], before["certainty"]) == ("provisional", "Very low")
    decide.sign(settings, "Ann", SIGNED, snapshot, now=NOON)
    one = build(settings).snapshot
    assert (verdict(one)["review_state"], verdict(one)["certainty"]) == ("provisional", "Very low")
    assert verdict(one)["reviewer_1"] == "Ann"
    decide.sign(settings, "Bob", SIGNED, one, now=NOON + timedelta(minutes=1))
    two = build(settings).snapshot
    after = verdict(two)
    assert (after["review_state"], after["certainty"]) == ("reviewed", after["certainty_rated"])
    assert (after["certainty"], before["certainty_rated"]) == ("Low", "Low")
    assert (after["reviewer_1"], after["reviewer_2"]) == ("Ann", "Bob")
    assert after["reviewed_at"] == "2026-11-24T12:01:00+00:00"
    assert "not yet reviewed" not in after["verdict_sentence"]
    assert two.manifest["decisions_up_to"] == 2
    main = two.read("syntheses").set_index("stratum_id").loc[after["main_stratum_id"]]
    assert main["certainty"] == "Low"
    others = two.read("claim_verdicts").set_index("claim_id").drop(SIGNED)
    assert set(others["review_state"]) == {"provisional"}


def test_signing_changes_nothing_of_what_a_signature_names(settings, snapshot):
    sign_twice(settings, snapshot)
    reviewed = build(settings).snapshot
    assert verdict(reviewed)["verdict_fingerprint"] == verdict(snapshot)["verdict_fingerprint"]
    decide.sign(settings, "Cy", SIGNED, reviewed)  # a third signs what the first two did


def test_equal_inputs_and_decisions_give_equal_bytes(settings, snapshot, tmp_path):
    sign_twice(settings, snapshot)
    here = build(settings).snapshot
    assert not build(settings).is_created
    elsewhere = at(settings, tmp_path / "elsewhere")
    elsewhere.workspace.mkdir()
    shutil.copy(settings.workspace / "decisions.db", elsewhere.workspace)
    there = build(elsewhere).snapshot
    assert there.manifest["content_sha256"] == here.manifest["content_sha256"]
    assert there.manifest["tables"] == here.manifest["tables"]


def test_signatures_lapse_when_the_protocol_changes_and_stay_in_the_log(settings, snapshot):
    sign_twice(settings, snapshot)
    text = Path(settings.protocol).read_text(encoding="utf-8")
    other = settings.workspace / "other.yaml"
    other.write_text(text + "# another protocol\n", encoding="utf-8")
    changed = build(replace(settings, protocol=other)).snapshot
    assert verdict(changed)["review_state"] == "provisional"
    assert len(decide.decisions_log(settings)) == 2
    with pytest.raises(DecisionConflictError, match="has changed since snapshot"):
        decide.sign(settings, "Cy", SIGNED, snapshot)
    assert len(decide.decisions_log(settings)) == 2


def test_every_kind_of_verdict_can_be_signed(settings, snapshot):
    for claim_id in (UNTESTABLE, NUMBER):
        sign_twice(settings, snapshot, claim_id)
    after = build(settings).snapshot
    states = {claim: verdict(after, claim)["review_state"] for claim in (UNTESTABLE, NUMBER)}
    assert set(states.values()) == {"reviewed"}
    assert verdict(after, NUMBER)["certainty"] == verdict(after, NUMBER)["certainty_rated"]


def test_an_override_that_two_signed_is_said_to_be_by_hand(settings, snapshot):
    rules = verdict(snapshot)["verdict"]
    proposed = decide.override(
        settings, "Cy", SIGNED, VerdictWord.INSUFFICIENT, "the trials share patients", snapshot
    )
    assert not build(settings).is_created  # proposing alone changes nothing
    sign_twice(settings, snapshot, override_event=proposed.event_id)
    after = build(settings).snapshot
    assert verdict(after)["verdict"] == "Insufficient evidence"
    assert f"the rules say {rules}" in verdict(after)["verdict_sentence"]
    reasons = after.read("verdict_reasons")
    text = " ".join(reasons.loc[reasons["claim_id"] == SIGNED, "text"])
    assert "signed by Ann and Bob" in text
    assert "the trials share patients" in text
    decide.withdraw(settings, "Cy", proposed.event_id, reason="they do not")
    again = build(settings).snapshot
    assert (verdict(again)["verdict"], verdict(again)["review_state"]) == (rules, "provisional")


def test_a_confirmed_value_of_a_curated_row_is_checked_and_not_changed(settings, snapshot):
    row = snapshot.read("study_results").dropna(subset=["weeks"]).iloc[0]
    value = f"{row['weeks']:g}"
    decide.confirm_value(
        settings, "Ann", "study_results", row["result_id"], "weeks", value, snapshot, now=NOON
    )
    after = build(settings).snapshot.read("study_results").set_index("result_id")
    checked = after.loc[row["result_id"]]
    assert (checked["verified_by"], checked["origin"]) == ("Ann", "curated")
    assert after["verified_by"].notna().sum() == 1


# What is refused, each without a trace in the log


def test_a_person_signs_a_verdict_once(settings, snapshot):
    decide.sign(settings, "Ann", SIGNED, snapshot)
    with pytest.raises(UsageError, match="signed this verdict already"):
        decide.sign(settings, " ann", SIGNED, snapshot)
    assert len(read_events(settings.database_url)) == 1


def test_only_the_signer_takes_a_signature_back(settings, snapshot):
    signed = decide.sign(settings, "Ann", SIGNED, snapshot)
    with pytest.raises(UsageError, match="only Ann"):
        decide.withdraw(settings, "Bob", signed.event_id)
    back = decide.withdraw(settings, "Ann", signed.event_id)
    assert (back.before, back.after) == (signed.after, None)
    with pytest.raises(UsageError, match="does not stand any more"):
        decide.withdraw(settings, "Ann", signed.event_id)
    decide.sign(settings, "Ann", SIGNED, snapshot)
    assert [e.after is None for e in read_events(settings.database_url)] == [False, True, False]


def test_two_people_who_override_at_once_do_not_overwrite_each_other(settings, snapshot):
    decide.override(settings, "Ann", SIGNED, VerdictWord.CONFLICTING, "one", snapshot, seen=None)
    with pytest.raises(DecisionConflictError, match="Ann set it to 'Conflicting"):
        decide.override(settings, "Bob", SIGNED, VerdictWord.OVERSTATED, "two", snapshot, seen=None)
    seen = decide.last_event(read_events(settings.database_url), CLAIM, SIGNED, OVERRIDE)
    decide.override(settings, "Bob", SIGNED, VerdictWord.OVERSTATED, "two", snapshot, seen=seen)
    assert [e.reason for e in read_events(settings.database_url)] == ["one", "two"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s, n: decide.sign(s, "  ", SIGNED, n), "needs a name"),
        (lambda s, n: decide.sign(s, "a\x00b", SIGNED, n), "needs a name"),
        (lambda s, n: decide.sign(s, "a" * 101, SIGNED, n), "needs a name"),
        (lambda s, n: decide.sign(s, "Ann", "no-such", n), "no claim 'no-such'"),
        (lambda s, n: decide.override(s, "Ann", SIGNED, VerdictWord.OVERSTATED, " ", n),
         "an override needs one"),
        (lambda s, n: decide.override(s, "Ann", UNTESTABLE, VerdictWord.OVERSTATED, "x", n),
         "registry"),
        (lambda s, n: decide.override(s, "Ann", SIGNED, VerdictWord.NOT_TESTABLE, "x", n),
         "registry"),
        (lambda s, _: decide.withdraw(s, "Ann", 7), "there is none"),
        (lambda s, n: decide.confirm_value(s, "Ann", "claims", "x", "quote", "x", n), "no table"),
        (lambda s, n: decide.confirm_value(s, "Ann", "study_results", "no", "weeks", "4", n),
         "no row 'no'"),
        (lambda s, n: decide.confirm_same_study(s, "Ann", "no", "nor", True, n), "no study"),
        (lambda s, n: decide.dismiss_retraction(s, "Ann", "r1", "retracted", "x", n), "is not"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_refused_with_a_reason(settings, snapshot, call, message):
    with pytest.raises(UsageError, match=message):
        call(settings, snapshot)
    assert read_events(settings.database_url) == []


def test_an_override_to_what_the_rules_say_is_refused(settings, snapshot):
    word = VerdictWord(verdict(snapshot)["verdict"])
    with pytest.raises(UsageError, match="sign that verdict"):
        decide.override(settings, "Ann", SIGNED, word, "x", snapshot)


def test_an_override_that_stands_no_more_cannot_be_signed(settings, snapshot):
    proposed = decide.override(settings, "Cy", SIGNED, VerdictWord.CONFLICTING, "x", snapshot)
    decide.withdraw(settings, "Cy", proposed.event_id)
    with pytest.raises(DecisionConflictError, match="does not stand"):
        decide.sign(settings, "Ann", SIGNED, snapshot, override_event=proposed.event_id)


def test_two_reports_are_one_study_whichever_is_named_first(settings, snapshot):
    one, other = snapshot.read("studies")["study_id"].iloc[:2]
    first = decide.confirm_same_study(settings, "Ann", other, one, True, snapshot)
    decide.confirm_same_study(settings, "Bob", one, other, False, snapshot, seen=first)
    log = decide.decisions_log(settings)
    assert log["object_id"].nunique() == 1
    assert list(log["after"]) == ["yes", "no"]


def test_the_log_is_empty_where_nobody_has_decided(settings):
    log = decide.decisions_log(settings)
    assert list(log.columns) == ["event_id", "at", "who", "object_type", "object_id", "field",
                                 "before", "after", "reason"]  # fmt: skip
    assert log.empty
    assert not (settings.workspace / "decisions.db").exists()
    assert isinstance(log, pd.DataFrame)
