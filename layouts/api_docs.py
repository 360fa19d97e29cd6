"""The description of the API as a page: OpenAPI → HTML that needs neither network nor script."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

from layouts.i18n import Lang, Translator, translator
from layouts.plain import plain_head

Schema = Mapping[str, Any]
_PROBLEM: Final = "application/problem+json"
_REFERENCE: Final = "#/components/schemas/"
#: Bounds of a schema → how they are written.
_BOUNDS: Final = (
    ("minimum", "≥ {}"),
    ("maximum", "≤ {}"),
    ("minLength", "length ≥ {}"),
    ("maxLength", "length ≤ {}"),
    ("minItems", "items ≥ {}"),
    ("maxItems", "items ≤ {}"),
    ("pattern", "{}"),
)


def api_docs_page(description: Schema, lang: Lang, assets: str) -> str:
    """Return the whole page; every word of the description is escaped here."""
    _ = translator(lang)
    groups = _groups(description)
    title = escape(_("接口文档"))
    back, file = escape(_("返回值班台")), escape(_("OpenAPI 文件"))
    schemas = "\n".join(
        _component(name, schema, _) for name, schema in description["components"]["schemas"].items()
    )
    return f"""{plain_head(_("接口文档"), "api_docs.css", assets, lang)}
<body class="api">
<nav class="api-nav" aria-label="{title}">
<p class="api-brand"><a href="/">{back}</a></p>
{_contents(groups, _)}
</nav>
<main class="api-main">
<header>
<h1>{title}</h1>
<p>{escape(description["info"]["description"])}</p>
<p><a class="button" href="/api/openapi.json" download>{file}</a></p>
{_security(description, _)}
</header>
{"".join(_group(tag, operations, _) for tag, operations in groups.items())}
<section id="schemas">
<h2>{escape(_("数据结构"))}</h2>
{schemas}
</section>
</main>
</body>
</html>
"""


def _groups(description: Schema) -> dict[str, list[tuple[str, str, Schema]]]:
    """Return tag → (method, path, operation), in the order in which the tags come first."""
    found: dict[str, list[tuple[str, str, Schema]]] = {}
    for path, item in description["paths"].items():
        for method, operation in item.items():
            found.setdefault(operation["tags"][0], []).append((method.upper(), path, operation))
    return found


def _contents(groups: Mapping[str, list[tuple[str, str, Schema]]], _: Translator) -> str:
    parts = []
    for tag, operations in groups.items():
        links = "".join(
            f'<li><a href="#{_anchor(method, path)}">{_method(method)}'
            f"<span>{escape(operation['summary'])}</span></a></li>"
            for method, path, operation in operations
        )
        parts.append(f"<h2>{escape(tag)}</h2>\n<ul>{links}</ul>")
    schemas = escape(_("数据结构"))
    return "\n".join([*parts, f'<h2><a href="#schemas">{schemas}</a></h2>'])


def _security(description: Schema, _: Translator) -> str:
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(_scheme(scheme))}</td>"
        f"<td>{escape(scheme.get('description', ''))}</td></tr>"
        for name, scheme in description["components"]["securitySchemes"].items()
    )
    return f'<h3>{escape(_("身份验证"))}</h3>\n<table class="api-table">{rows}</table>'


def _scheme(scheme: Schema) -> str:
    if scheme["type"] == "http":
        return "Authorization: Bearer …"
    return f"{scheme['in']}: {scheme['name']}"


def _group(tag: str, operations: Iterable[tuple[str, str, Schema]], _: Translator) -> str:
    shown = "\n".join(_operation(*one, _) for one in operations)
    return f"<section>\n<h2>{escape(tag)}</h2>\n{shown}\n</section>\n"


def _operation(method: str, path: str, operation: Schema, _: Translator) -> str:
    anyone = escape(_("无需登录"))
    said = " / ".join(" + ".join(one) for one in operation["security"])
    about = operation.get("description", "")
    parts = [
        f"<p>{escape(about)}</p>" if about else "",
        _parameters(operation.get("parameters", ()), _),
        _body(operation.get("requestBody"), _),
        _answers(operation["responses"], _),
    ]
    return f"""<article class="api-operation" id="{_anchor(method, path)}">
<h3>{_method(method)}<code>{escape(path)}</code><span>{escape(operation["summary"])}</span>
<small>{escape(said) or anyone}</small></h3>
{"".join(parts)}
</article>"""


def _parameters(parameters: Iterable[Schema], _: Translator) -> str:
    rows = "".join(
        _row(
            f"{one['name']} <small>{escape(one['in'])}</small>",
            one["schema"] | {"description": one.get("description", "")},
            required=one.get("required", False),
        )
        for one in parameters
    )
    return _table(_("参数"), rows)


def _body(body: Schema | None, _: Translator) -> str:
    if body is None:
        return ""
    title = escape(_("请求体"))
    ((media, content),) = body["content"].items()
    shown = f'<p class="api-type">{escape(media)}: {_type(content["schema"])}</p>'
    if "example" in content:
        text = json.dumps(content["example"], ensure_ascii=False, indent=2)
        shown += f"<pre>{escape(text)}</pre>"
    return f"<h4>{title}</h4>{shown}"


def _answers(responses: Schema, _: Translator) -> str:
    """Return what it answers, and in one row with what it may refuse."""
    rows, refusals = [], []
    for status, answer in responses.items():
        ((media, content),) = answer["content"].items()
        told = f"{escape(media)}: {_type(content['schema'])}"
        if media == _PROBLEM:
            refusals.append(f'<span title="{escape(answer["description"])}">{status}</span>')
            refused = told
        else:
            rows.append(f"<tr><th>{status}</th><td>{told}</td></tr>")
    if refusals:
        rows.append(
            f'<tr class="api-refusals"><th>{" ".join(refusals)}</th><td>{refused}</td></tr>'
        )
    return _table(_("应答"), "".join(rows))


def _component(name: str, schema: Schema, _: Translator) -> str:
    about = schema.get("description", "")
    required = schema.get("required", ())
    rows = "".join(
        _row(escape(key), one, required=key in required)
        for key, one in schema.get("properties", {}).items()
    )
    inner = f'<table class="api-table">{rows}</table>' if rows else f"<p>{_type(schema)}</p>"
    return f"""<article class="api-schema" id="schema-{escape(name)}">
<h3><code>{escape(name)}</code></h3>
{f"<p>{escape(about)}</p>" if about else ""}
{inner}
</article>"""


def _row(name: str, schema: Schema, *, required: bool) -> str:
    """Return a member's row; ``name`` is HTML already."""
    mark = '<b class="api-required" title="required">*</b>' if required else ""
    about = escape(schema.get("description", ""))
    return f"<tr><th>{name}{mark}</th><td>{_type(schema)}</td><td>{about}</td></tr>"


def _table(title: str, rows: str) -> str:
    return f'<h4>{escape(title)}</h4><table class="api-table">{rows}</table>' if rows else ""


def _type(schema: Schema) -> str:
    """Return what a value is, in a line of HTML."""
    if "$ref" in schema:
        name = escape(schema["$ref"].removeprefix(_REFERENCE))
        return f'<a href="#schema-{name}">{name}</a>'
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        words = ("null" if word is None else str(word) for word in schema["enum"])
        return " | ".join(f"<code>{escape(word)}</code>" for word in words)
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    kind = escape(str(schema.get("format", schema.get("type", "any"))))
    if "items" in schema:
        kind = f"[{_type(schema['items'])}, …]"
    elif isinstance(schema.get("additionalProperties"), Mapping):
        kind = f"{{…: {_type(schema['additionalProperties'])}}}"
    elif "properties" in schema:
        members = (f"{escape(k)}: {_type(v)}" for k, v in schema["properties"].items())
        kind = f"{{{'; '.join(members)}}}"
    bounds = [text.format(schema[name]) for name, text in _BOUNDS if name in schema]
    return f"{kind} <small>{escape(', '.join(bounds))}</small>" if bounds else kind


def _method(method: str) -> str:
    return f'<b class="api-method api-{method.lower()}">{method}</b>'


def _anchor(method: str, path: str) -> str:
    plain = "".join(c if c.isalnum() else "-" for c in path)
    return f"{method.lower()}{plain}"
