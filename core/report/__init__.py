"""A comparison, or the evaluation of a prompt set, as files: CSV, JSON, Markdown, and a page that
stands alone.

All of them leave the analysis and the raw tokens out unless they are asked to include them.
"""
