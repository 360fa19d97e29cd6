"""Where the next alarms that matter will be: a dated forecast that explains itself.

The method is in docs/risk.md.
"""
