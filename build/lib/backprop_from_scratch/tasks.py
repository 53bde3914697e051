"""The tasks of Part III, each built from its rule: inputs (N, units), targets (N, outputs)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def patterns(bits: int) -> NDArray:
    """Every row of `bits` zeros and ones, (2 ** bits, bits), counting upwards."""
    return (np.arange(2**bits)[:, None] >> np.arange(bits)[::-1] & 1).astype(float)


def parity(bits: int) -> tuple[NDArray, NDArray]:
    """Is the number of ones odd? Of all rows of `bits`; two bits are XOR."""
    X = patterns(bits)
    return X, X.sum(axis=1, keepdims=True) % 2


def xor() -> tuple[NDArray, NDArray]:
    """One or the other, and not both."""
    return parity(2)


def encoder(units: int) -> tuple[NDArray, NDArray]:
    """One of the inputs is on, and so is to be the same output."""
    return np.eye(units), np.eye(units)


def symmetry(bits: int = 6) -> tuple[NDArray, NDArray]:
    """Does the row read the same from both ends? Of all rows of `bits`."""
    X = patterns(bits)
    return X, (X[:, ::-1] == X).all(axis=1, keepdims=True).astype(float)


def families() -> list[list[list[str]]]:
    """Both trees, a couple a line: husband, wife, son, daughter."""
    english = """Christopher Penelope Arthur Victoria
        Andrew Christine James Jennifer
        Arthur Margaret
        James Victoria Colin Charlotte
        Charles Jennifer"""
    italian = """Roberto Maria Emilio Lucia
        Pierro Francesca Marco Angela
        Emilio Gina
        Marco Lucia Alfonso Sophia
        Tomaso Angela"""
    trees = english, italian
    return [[line.split() for line in tree.split("\n")] for tree in trees]


def close_facts() -> list[tuple[str, str, str]]:
    """(person, relationship, person): of couples, parents, children, siblings."""
    facts = []
    english, italian = families()
    for man, woman, *children in english + italian:
        facts += [(man, "wife", woman), (woman, "husband", man)]
        sexes = [("son", "sister"), ("daughter", "brother")]
        for child, (role, sibling) in zip(children, sexes, strict=False):
            facts += [(child, "father", man), (child, "mother", woman)]
            facts += [(man, role, child), (woman, role, child)]
            others = [other for other in children if other != child]
            facts += [(child, sibling, other) for other in others]
    return facts


def far_facts(close: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """What follows: uncles and aunts, by blood or marriage; nephews and nieces."""
    answer = {(person, relation): other for person, relation, other in close}
    his, hers = ("brother", "wife", "uncle"), ("sister", "husband", "aunt")
    far = []
    for child, relation, parent in close:
        for (sibling, partner, role), (*_, other_role) in ((his, hers), (hers, his)):
            if relation in ("father", "mother") and (parent, sibling) in answer:
                elder = answer[parent, sibling]
                young = "nephew" if answer[parent, "son"] == child else "niece"
                far += [(child, role, elder), (elder, young, child)]
                other = answer[elder, partner]
                far += [(child, other_role, other), (other, young, child)]
    return far


def family_facts() -> list[tuple[str, str, str]]:
    """All facts of both trees, 112 of (person, relationship, person)."""
    close = close_facts()
    return close + far_facts(close)


def family_names() -> tuple[list[str], list[str]]:
    """24 people, English and then Italian, the eldest first; 12 relationships."""
    people = []
    for tree in families():
        couples = [name for family in tree for name in family[:2]]
        children = [name for family in tree for name in family[2:]]
        people += dict.fromkeys(couples + children)
    relations = "father mother husband wife son daughter uncle aunt brother sister"
    return people, [*relations.split(), "nephew", "niece"]


def family_questions() -> list[tuple[str, str]]:
    """All (person, relationship) that have an answer, in the order of the names."""
    people, relations = family_names()
    asked = {(person, relation) for person, relation, _ in family_facts()}
    return [(p, r) for p in people for r in relations if (p, r) in asked]


def family_trees() -> tuple[list[NDArray], NDArray]:
    """In: people (104, 24) and relationships (104, 12). Out: people (104, 24)."""
    (people, relations), questions = family_names(), family_questions()
    facts = set(family_facts())
    person = [[name == asked for name in people] for asked, _ in questions]
    relation = [[name == asked for name in relations] for _, asked in questions]
    answers = [[(*asked, name) in facts for name in people] for asked in questions]
    X = [np.array(person, float), np.array(relation, float)]
    return X, np.array(answers, float)
