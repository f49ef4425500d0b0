"""The demo county: invented, complete, repeatable.

No person, school or village here exists; identity numbers carry a county code that was never
assigned, and valid check characters. Its 2016 figures are produced by ordinary records.
"""
