"""A form as a browser would send it: everything on it, with what is typed over."""

import re
from html import unescape

import httpx

_INPUT = re.compile(r"<input\b[^>]*>")
_AREA = re.compile(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', re.DOTALL)
_SELECT = re.compile(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
_CHOSEN = re.compile(r'<option value="([^"]*)" selected')


def fields_of(html: str, marker: str = 'name="csrf"') -> dict[str, str]:
    """Of the largest form that has `marker` in it."""
    forms = [form for form in re.findall(r"<form\b.*?</form>", html, re.DOTALL) if marker in form]
    form = max(forms, key=len)
    found = {name: unescape(text) for name, text in _AREA.findall(form)}
    for tag in _INPUT.findall(form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        unsent = attributes.get("type") == "file" or (
            attributes.get("type") in ("checkbox", "radio") and " checked" not in tag
        )
        if "name" in attributes and not unsent:
            found[attributes["name"]] = unescape(attributes.get("value", ""))
    for name, options in _SELECT.findall(form):
        chosen = _CHOSEN.search(options)
        found[name] = unescape(chosen.group(1)) if chosen else ""
    return found


async def open_form(client: httpx.AsyncClient, path: str, marker: str = 'name="csrf"') -> dict[str, str]:
    answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return fields_of(answer.text, marker)
