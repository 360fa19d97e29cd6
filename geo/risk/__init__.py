"""Where the next fires will be: a surface of past events, and how good it was.

``python -m geo.risk backtest`` tries it on any city's incidents. The method is in docs/risk.md.
"""
