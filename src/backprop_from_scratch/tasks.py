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
    """The English tree and the Italian: of each couple husband, wife, son, daughter."""
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
    return [[line.split() for line in tree.split("\n")] for tree in (english, italian)]


def close_facts() -> list[tuple[str, str, str]]:
    """(person, relationship, person): of couples, parents, children, siblings."""
    facts = []
    for man, woman, *children in [family for tree in families() for family in tree]:
        facts += [(man, "wife", woman), (woman, "husband", man)]
        sexes = [("son", "sister"), ("daughter", "brother")]
        for child, (role, sibling) in zip(children, sexes, strict=False):
            facts += [(child, "father", man), (child, "mother", woman)]
            facts += [(man, role, child), (woman, role, child)]
            facts += [(child, sibling, other) for other in children if other != child]
    return facts


def far_facts(close: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """What follows of uncles and aunts, their wives and husbands, nephews and nieces."""
    answer = {(person, relation): other for person, relation, other in close}
    sides = [("brother", "wife", ("uncle", "aunt")), ("sister", "husband", ("aunt", "uncle"))]
    far = []
    for child, relation, parent in close:
        for sibling, partner, roles in sides:
            if relation in ("father", "mother") and (parent, sibling) in answer:
                elder = answer[parent, sibling]
                young = "nephew" if answer[parent, "son"] == child else "niece"
                for role, name in zip(roles, (elder, answer[elder, partner]), strict=True):
                    far += [(child, role, name), (name, young, child)]
    return far


def family_facts() -> list[tuple[str, str, str]]:
    """All facts of both trees, 112 of (person, relationship, person)."""
    close = close_facts()
    return close + far_facts(close)


def family_names() -> tuple[list[str], list[str]]:
    """The 24 people, English and then Italian, in each tree the eldest first; the 12 relationships."""
    people = []
    for tree in families():
        couples = [name for family in tree for name in family[:2]]
        children = [name for family in tree for name in family[2:]]
        people += dict.fromkeys(couples + children)
    relations = "father mother husband wife son daughter uncle aunt brother sister nephew niece"
    return people, relations.split()


def family_questions() -> list[tuple[str, str]]:
    """The 104 (person, relationship) that have an answer, in the order of `family_names`."""
    people, relations = family_names()
    asked = {(person, relation) for person, relation, _ in family_facts()}
    return [(name, relation) for name in people for relation in relations if (name, relation) in asked]


def family_trees() -> tuple[list[NDArray], NDArray]:
    """Who is it? Of the 104 questions: people (104, 24) and relationships (104, 12) in; people (104, 24) out."""
    (people, relations), questions, facts = family_names(), family_questions(), set(family_facts())
    person = [[name == asked for name in people] for asked, _ in questions]
    relation = [[name == asked for name in relations] for _, asked in questions]
    answers = [[(*question, name) in facts for name in people] for question in questions]
    return [np.array(person, float), np.array(relation, float)], np.array(answers, float)
