"""Labels beside readings, as they are exported."""

import pytest

from evidence.errors import SettingError
from evidence.settings import read_settings
from evidence.store.automation import read_gold_eval

HEAD = "item_id,gold_source,field,gold,predicted,match\n"


def test_each_label_of_this_version_stands_once_beside_its_reading(tmp_path):
    rows = read_gold_eval(read_settings({}).models, tmp_path)
    assert not rows.duplicated(["item_id", "gold_source", "field"]).any()
    assert set(rows["field"]) == {"comparator_class", "effects"}
    assert (rows["match"] == (rows["gold"] == rows["predicted"])).all()


def test_a_teams_own_labels_in_the_workspace_come_first(tmp_path):
    text = (
        f"{HEAD}1,our labels,is_rct,True,False,false\n2,our labels,effects,MD 1 (0 to 2),,false\n"
    )
    (tmp_path / "gold_eval.csv").write_text(text, encoding="utf-8")
    rows = read_gold_eval(read_settings({}).models, tmp_path)
    assert rows["item_id"].tolist() == ["1", "2"]
    assert rows["predicted"].tolist() == ["False", None]  # what was not read is missing
    assert not rows["match"].any()


def test_a_table_with_other_columns_is_refused(tmp_path):
    (tmp_path / "gold_eval.csv").write_text("item,label\n1,yes\n", encoding="utf-8")
    with pytest.raises(SettingError, match="names other columns"):
        read_gold_eval(tmp_path, tmp_path)


def test_without_any_labels_there_are_no_rows(tmp_path):
    assert read_gold_eval(tmp_path, tmp_path).empty
