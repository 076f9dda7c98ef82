"""The page: Gradio Blocks over the engine. `create_app` builds it; the command line launches it."""
