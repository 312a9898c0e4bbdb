"""Appraisal: how far the studies can be trusted, domain by domain."""

import streamlit as st

from evidence.charts import traffic_lights
from evidence.dashboard import appraisal, claim, components, deciding, drawer, paging, state
from evidence.dashboard.strata_picker import pick_stratum

snapshot = state.current_snapshot()
if snapshot is None:
    st.stop()
components.page_title(
    "How far can these studies be trusted?",
    "Risk of bias as published appraisals judge it, study by study; what nobody has judged is "
    "“not assessed”, never low.",
)
picked = pick_stratum(snapshot)
if picked is not None:
    studies = set(picked.members["study_id"])
    rows = snapshot.read("risk_of_bias", where={"study_id": studies})
    judged, signals = drawer.judged_and_signals(rows)
    drawn = paging.most_weighed(picked.members)
    lights = traffic_lights.lights_table(drawn, judged)
    words = claim.stratum_words(picked.stratum)
    components.question(
        "Why is the certainty not higher?",
        "+ low, ! some concerns, − high, ? not assessed or not assessable, · not judged with this "
        "tool. Tools keep their own domains; “overall” is the protocol's map of them.",
    )
    components.picture(
        traffic_lights.draw_lights(lights, components.ink(), is_dark=components.is_dark()),
        lights,
        f"lights-{picked.stratum_id}",
        f"Risk of bias {words}: {lights['study'].nunique()} studies.",
        key="lights",
    )
    paging.say_left_out(len(drawn), len(picked.members))
    components.question("Who judged, and on what?")
    if len(judged):
        with st.expander(f"{len(judged):,} judgements, each with its source"):
            shown = paging.page_of(judged, "judgements", "judged")
            components.show(appraisal.judgement_table(snapshot, shown))
    else:
        components.empty(
            f"No published judgement of a study {words} is known.",
            "It counts as not assessed: one level of certainty less, and never shown above Low.",
        )
    if len(signals):
        components.question(
            "What do abstracts say of how the trials were run?",
            "Read by machine, with the sentence. A signal is no judgement and enters no certainty; what "
            "an abstract leaves out cannot be told from it.",
        )
        with st.expander(f"{signals['study_id'].nunique():,} trials"):
            shown = paging.page_of(signals, "signals", "signals")
            components.show(appraisal.signal_table(snapshot, shown))

components.question("How good are the reviews?", "AMSTAR 2 where somebody has judged it; else it says so.")  # fmt: skip
reviews = appraisal.reviews_of(snapshot)
if len(reviews):
    with st.expander(f"{len(reviews):,} reviews"):
        shown = paging.page_of(reviews, "reviews", "reviews")
        components.show(appraisal.review_table(snapshot, shown))
else:
    components.empty("No review is among the studies.")
components.question(
    "How completely is the treatment reported?",
    "STRICTA: items of 17, from the full text. An abstract names some of them; of the others it says "
    "nothing, which is no fault of the report.",
)
stricta = appraisal.stricta_table(snapshot)
if stricta:
    components.show(stricta)
else:
    components.empty(
        "No report has been checked against STRICTA yet.",
        "It needs full texts; the curated facts come from abstracts and tables of reviews.",
    )
components.question(
    "Do people and the machine agree?",
    "Where a person looked at a value that the program had read: did they say the same? κ and AC1 "
    "take chance away.",
)
agreement = appraisal.agreement_table(snapshot, deciding.events_now())
if agreement:
    components.show(agreement)
else:
    components.empty(
        "Nobody has yet looked at a value that the program read (n = 0).",
        "Judgements of risk of bias are people's, each with its source. Values that wait "
        "for a person are in the review.",
    )
accuracy = appraisal.accuracy_table(snapshot)
if accuracy:
    components.question(
        "How often is the reader right?",
        "On labelled records that it had not seen. “Right where it answers” leaves out what it holds "
        "back; every figure, with how it was measured, is on the page on methods.",
    )
    components.show(accuracy)
with st.container(horizontal=True, key="claimfoot"):
    n_judged = int(snapshot.manifest["tables"]["risk_of_bias"]["rows"])
    components.download_table(snapshot, "risk_of_bias", None, [], n_judged, label="Download judgements and signals")  # fmt: skip
