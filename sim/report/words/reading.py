"""How an organisation's files were read, in words, for ``leadership-sim organisation``."""

from collections.abc import Iterator, Mapping, Sequence

from sim.scenario.roles import Role


def reading_words(account: Sequence[str]) -> Iterator[str]:
    """What each file and each of its columns was taken for."""
    if account:
        yield "How the files were read (where that is wrong: --as COLUMN=MEANING):"
    yield from (f"  {line}" for line in account)


def title_words(roles: Mapping[str, Role]) -> Iterator[str]:
    """The job titles that the model does not know and the roles that most of their holders got, as a table to paste."""
    if not roles:
        yield "The files have no job title that the model does not know."
        return
    yield "Job titles and the roles they got, to correct and to paste into a scenario (they may name people):"
    yield "[organisation.roles]"
    for title, role in sorted(roles.items(), key=lambda item: (item[1], item[0])):
        quoted = title.replace("\\", "\\\\").replace('"', '\\"')
        yield f'"{quoted}" = "{role.slug}"'
