"""The embedded demo model: a small checkpoint with the gpt-oss architecture, and its making.

`tasks` generates questions with right answers, `transcript` writes them as Harmony tokens,
`network` and `train` (torch) fit the weights, `export` writes them to `weights/`, `evaluate`
measures them through mlx-lm. At product run time only `core.checkpoint` and the files in
`weights/` are used.
"""
