"""A prompt set at several levels: from a file of questions to the level to take.

    experiment = Experiment(read_prompts("questions.csv"), ["low", "high"], repeats=2)
    outcomes = list(experiment.run(engine))          # or one by one, as they end
    evaluation = evaluated(experiment, outcomes)
    print(evaluation.verdict.reason)
    frame = evaluation.frame()                       # pandas, one row per run

`open_runs` keeps each run in a file as it ends, and goes on where an earlier one stopped.
"""

from core.experiment.deciding import decide as decide
from core.experiment.evaluation import Evaluation as Evaluation
from core.experiment.evaluation import evaluated as evaluated
from core.experiment.experiment import Experiment as Experiment
from core.experiment.experiment import Outcome as Outcome
from core.experiment.experiment import Trial as Trial
from core.experiment.fingerprint import fingerprint as fingerprint
from core.experiment.prompt_set import Question as Question
from core.experiment.prompt_set import read_prompts as read_prompts
from core.experiment.rows import EXPERIMENT_COLUMNS as EXPERIMENT_COLUMNS
from core.experiment.rows import experiment_frame as experiment_frame
from core.experiment.runs_file import open_runs as open_runs
from core.experiment.summary import Summary as Summary
from core.experiment.summary import summarize as summarize
