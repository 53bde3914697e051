"""The family trees: what the 1986 letter counts, and what must hold in any family."""

from __future__ import annotations

from collections import Counter

import numpy as np

from backprop_from_scratch import family_facts, family_names, family_questions, family_trees

FACTS = family_facts()
PEOPLE, RELATIONS = family_names()


def answers(person: str, relation: str) -> set[str]:
    return {other for name, how, other in FACTS if (name, how) == (person, relation)}


def test_the_counts_are_those_of_the_letter():
    assert len(PEOPLE) == len(set(PEOPLE)) == 24
    assert len(RELATIONS) == 12
    assert len(FACTS) == len(set(FACTS)) == 112
    assert len(family_questions()) == len(set(family_questions())) == 104
    assert Counter(relation for _, relation, _ in FACTS) == {
        **dict.fromkeys(["father", "mother", "son", "daughter"], 12),
        **dict.fromkeys(["husband", "wife"], 10),
        **dict.fromkeys(["uncle", "aunt", "nephew", "niece"], 8),
        **dict.fromkeys(["brother", "sister"], 6),
    }


def test_some_facts_by_hand():
    assert answers("Colin", "aunt") == {"Margaret", "Jennifer"}
    assert answers("Sophia", "uncle") == {"Emilio", "Tomaso"}
    assert answers("Charles", "niece") == {"Charlotte"}
    assert answers("Lucia", "father") == {"Roberto"}
    assert answers("Victoria", "brother") == {"Arthur"}
    assert not answers("Margaret", "son")


def test_the_trees_have_the_same_shape():
    other = dict(zip(PEOPLE, PEOPLE[12:] + PEOPLE[:12], strict=True))
    assert {(other[a], relation, other[b]) for a, relation, b in FACTS} == set(FACTS)


def test_each_fact_has_its_inverse():
    back = {"wife": {"husband"}, "husband": {"wife"}}
    for relations, inverse in [
        (("father", "mother"), {"son", "daughter"}),
        (("son", "daughter"), {"father", "mother"}),
        (("uncle", "aunt"), {"nephew", "niece"}),
        (("nephew", "niece"), {"uncle", "aunt"}),
        (("brother", "sister"), {"brother", "sister"}),
    ]:
        back |= dict.fromkeys(relations, inverse)
    for person, relation, other in FACTS:
        assert any(person in answers(other, inverse) for inverse in back[relation])


def test_the_task_is_the_facts():
    (people, relations), y = family_trees()
    assert people.shape == (104, 24)
    assert relations.shape == (104, 12)
    assert y.shape == (104, 24)
    assert (people.sum(axis=1) == 1).all()
    assert (relations.sum(axis=1) == 1).all()
    told = {
        (PEOPLE[person.argmax()], RELATIONS[relation.argmax()], PEOPLE[other])
        for person, relation, row in zip(people, relations, y, strict=True)
        for other in np.flatnonzero(row)
    }
    assert told == set(FACTS)
