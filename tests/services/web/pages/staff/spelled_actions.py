"""Every action that the code can write into the record, read from its source: `audit.note(…, action=…)`, back to the words."""

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from shared.members import access_log

ROOT = Path(__file__).resolve().parents[5]
Function = ast.FunctionDef | ast.AsyncFunctionDef
#: Takes its actions from its own table.
_TABLE = "shared/members/access_log.py"


def spelled_actions() -> set[str]:
    """`noun.verb`. AssertionError where the words cannot be followed: spell them where they are passed."""
    code = _Code()
    taken = {action.replace(".", "-list.") for action in access_log.OF_LISTS if action != access_log.LISTED}
    of_lists = set(access_log.OF_LISTS)
    return (
        {action for action in code.actions() if "." in action} - of_lists | taken | access_log.WORDS.keys() - of_lists
    )


class _Code:
    def __init__(self) -> None:
        files = [*(ROOT / "shared").rglob("*.py"), *(ROOT / "services").rglob("*.py")]
        self._modules = {str(file.relative_to(ROOT)): ast.parse(file.read_text()) for file in sorted(files)}

    def actions(self) -> Iterator[str]:
        for name, module in self._modules.items():
            for function in _functions(module):
                for call in _calls(function):
                    action = next((each.value for each in call.keywords if each.arg == "action"), None)
                    if name != _TABLE and ast.unparse(call.func) == "audit.note" and action is not None:
                        yield from self._strings(action, function, name)

    def _strings(self, value: ast.AST, function: Function, module: str) -> set[str]:
        """All that an expression inside `function` can be."""
        match value:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.IfExp(body=body, orelse=other):
                return self._strings(body, function, module) | self._strings(other, function, module)
            case ast.JoinedStr(values=parts):
                choices = [self._strings(part, function, module) for part in parts]
                return {"".join(chosen) for chosen in product(*choices)}
            case ast.FormattedValue(value=inner):
                return self._strings(inner, function, module)
            case ast.Call(func=ast.Name(id=name)):
                return self._returned(name, module)
            case ast.Attribute(value=ast.Name(id="access_log"), attr=name):
                return {getattr(access_log, name)}
            case ast.Name(id=name):
                return self._named(name, function, module)
        raise AssertionError(f"{module}, {function.name}: no word to be found in {ast.unparse(value)}")

    def _named(self, name: str, function: Function, module: str) -> set[str]:
        parameters = [each.arg for each in (*function.args.args, *function.args.kwonlyargs)]
        if name in parameters:
            return self._passed(name, function, module)
        # A constant may be another module's.
        places = [function, self._modules[module], *(self._modules.values() if name.isupper() else [])]
        assigned: list[ast.AST] = next((found for each in places if (found := _assigned(each, name))), [])
        assert assigned, f"{module}, {function.name}: where does {name} come from?"
        return {text for each in assigned for text in self._strings(each, function, module)}

    def _passed(self, name: str, function: Function, module: str) -> set[str]:
        """By all who call the function: of its own module, or of any where it is no private one."""
        places = [module] if function.name.startswith("_") else list(self._modules)
        given: set[str] = set()
        for place in places:
            for caller in _functions(self._modules[place]):
                for call in _calls(caller):
                    argument = _argument(call, name, function)
                    if argument is not None and caller is not function:
                        given |= self._strings(argument, caller, place)
        return given

    def _returned(self, name: str, module: str) -> set[str]:
        [function] = [each for each in _functions(self._modules[module]) if each.name == name]
        returns = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value]
        return {text for each in returns for text in self._strings(each, function, module)}


def _assigned(where: ast.AST, name: str) -> list[ast.AST]:
    """What stands behind the name, alone or in a row of names: A, B = "a", "b"."""
    found: list[ast.AST] = []
    for node in ast.walk(where):
        if not isinstance(node, ast.Assign):
            continue
        for to in node.targets:
            match to, node.value:
                case ast.Name(id=spelled), value if spelled == name:
                    found.append(value)
                case ast.Tuple(elts=names), ast.Tuple(elts=values):
                    found += [each for left, each in zip(names, values, strict=True) if ast.unparse(left) == name]
    return found


def _argument(call: ast.Call, name: str, function: Function) -> ast.AST | None:
    """What the call passes for the parameter; `ctx.write(function, …)` calls it, too."""
    spelled = ast.unparse(call.func)
    handed_on = bool(call.args) and ast.unparse(call.args[0]).rpartition(".")[2] == function.name
    if spelled == "audit.note" or not (spelled.rpartition(".")[2] == function.name or handed_on):
        return None
    for each in call.keywords:
        if each.arg == name:
            return each.value
    place = [each.arg for each in function.args.args].index(name) if name in _positional(function) else None
    return call.args[place] if place is not None and place < len(call.args) else None


def _positional(function: Function) -> list[str]:
    return [each.arg for each in function.args.args]


def _functions(module: ast.Module) -> list[Function]:
    return [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _calls(function: Function) -> Iterator[ast.Call]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))
