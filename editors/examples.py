"""Every experiment and every file of the library, read by the Pygments lexer and the tree-sitter parser: `examples.py PARSER.so`.

What a package is missing for is said and left out. Exit status 1 where a token or a node is an error.
"""

import ctypes
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = sorted((HERE.parent / "experiments").glob("*.fx")) + sorted((HERE.parent / "stdlib").glob("*.fx"))


def tokens():
    """Tokens that no rule of the lexer has."""
    try:
        from pygments.token import Error
    except ImportError:
        print("Pygments is not installed: the lexer is not tried")
        return 0
    sys.path.insert(0, str(HERE / "pygments"))
    from fascicle_lexer import FascicleLexer

    lexer, count, wrong = FascicleLexer(), 0, 0
    for path in FILES:
        for kind, text in lexer.get_tokens(path.read_text(encoding="utf-8")):
            count += 1
            if kind is Error:
                wrong += 1
                print(f"{path.name}: {text!r}")
    print(f"Pygments: {len(FILES)} files, {count} tokens, {wrong} errors")
    return wrong


def nodes(library):
    """Nodes of the tree that are errors, or were put in."""
    try:
        from tree_sitter import Language, Parser, Query
    except ImportError:
        print("the package tree_sitter is not installed: the parser is not tried")
        return 0
    warnings.simplefilter("ignore")
    made = ctypes.CDLL(library).tree_sitter_fascicle
    made.restype = ctypes.c_void_p
    language = Language(made())
    parser, wrong = Parser(language), 0
    for path in FILES:
        waiting = [parser.parse(path.read_bytes()).root_node]
        while waiting:
            node = waiting.pop()
            if node.type == "ERROR" or node.is_missing:
                wrong += 1
                print(f"{path.name}:{node.start_point[0] + 1}: {node.type}")
            waiting.extend(node.children)
    for query in sorted((HERE / "tree-sitter" / "queries").glob("*.scm")):
        Query(language, query.read_text(encoding="utf-8"))
    print(f"tree-sitter: {len(FILES)} files, {wrong} errors")
    return wrong


sys.exit(min(1, tokens() + nodes(sys.argv[1])))
