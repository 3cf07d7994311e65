"""Foreign templates: bounded, without a way out."""

import pytest

from curate.render.sandbox import GENERATION_END, GENERATION_START, TemplateError, render


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 10 ** 9 }}",
        "{{ 'a' * 1000000000 }}",
        "{% for i in range(99999999) %}x{% endfor %}",
        "{{ 'x'.ljust(1000000000) }}",
        "{{ '%1000000000d' % 3 }}",
        "{{ '{:1000000000}'.format(2) }}",
        "{{ messages.append(1) }}",
        "{% set n = namespace(x='aaaaaaaa') %}{% for i in range(60) %}"
        "{% set n.x = n.x ~ n.x %}{% endfor %}",
        "{% set n = namespace(x='aaaaaaaa') %}{% for i in range(60) %}"
        "{% set n.x = n.x + n.x %}{% endfor %}",
        "{{ (['a' * 999999] * 999999) | join }}",
        "{{ ('a' * 99999).replace('a', 'b' * 99999) }}",
        "{{ 'a' | indent(1000000000) }}",
        "{{ missing.attribute.deeper }}",
        "{{ raise_exception('no system turns') }}",
        "{% unknown %}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    ],
)
def test_what_a_template_may_not_do(source: str) -> None:
    with pytest.raises(TemplateError):
        render(source, messages=[])


def test_no_clock_and_no_files() -> None:
    assert render("{{ strftime_now is defined }}{{ open is defined }}") == "FalseFalse"


def test_generation_blocks_are_marked() -> None:
    text = render("a{% generation %}b{% endgeneration %}c")
    assert text == f"a{GENERATION_START}b{GENERATION_END}c"


def test_what_chat_templates_use_works() -> None:
    source = (
        "{%- for m in messages -%}{%- if loop.first %}{% continue %}{% endif -%}"
        "{{ m.role ~ ':' + m['content'] | trim }}{{ tools | tojson }}{%- endfor -%}"
    )
    messages = [{"role": "a", "content": "x"}, {"role": "b", "content": " ü "}]
    assert render(source, messages=messages, tools=[{"n": "é"}]) == 'b:ü[{"n": "é"}]'
