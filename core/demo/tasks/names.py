"""Names and plain words that addresses, sentences and introductions are made of."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.split()))


FIRST = _words("""
    Tom Anna Ben Maria Sam Lisa Peter Julia Max Emma David Sara Paul Laura Mark Nina John Mary
    Alice Bob Kate Leo Eva Omar Lena James Adam Alan Alex Amanda Amy Andrea Andrew Angela Anne
    Anthony Antonio Ashley Barbara Bella Bill Brian Bruce Carl Carlos Carol Caroline Charles
    Charlie Chloe Chris Christine Claire Clara Daniel Dave Diana Diego Dora Edward Elena Elizabeth
    Ella Emily Eric Erik Felix Fiona Frank Fred Gary George Grace Greg Hanna Harry Heidi Helen
    Henry Hugo Ian Igor Isabel Ivan Jack Jacob Jan Jane Jason Jean Jeff Jennifer Jessica Jill Jim
    Joe Jonas Jordan Jose Joseph Josh Juan Judy Karen Karl Katie Kevin Kim Kyle Larry Linda Lily
    Louis Lucas Lucy Luis Luke Marco Marcus Margaret Marie Mario Martha Martin Matt Matthew Megan
    Mia Michael Michelle Mike Miguel Mohamed Monica Nancy Nathan Nick Nicole Noah Nora Oliver
    Olivia Oscar Pablo Patrick Pedro Phil Rachel Ralph Raj Ray Rebecca Richard Rita Robert Rosa
    Rose Ruth Ryan Sarah Scott Sean Simon Sofia Sophie Stefan Stella Stephen Steve Susan Tim Tina
    Tony Vera Victor Walter William Yuki Zoe Ahmed Ali Priya Wei Fatima Aisha Ravi Kenji
""")
LAST = _words("""
    smith jones miller brown lee king young hill green baker cook wood stone clark scott davis
    meyer bauer rossi silva garcia khan chen wolf fox novak adams allen anderson bailey barnes
    bell bennett berg black bond brooks burns butler campbell carter cole collins cooper cox cruz
    diaz edwards evans fisher ford foster fuchs gibson gomez gonzalez gordon graham grant gray
    griffin hall hansen harris hart hayes henry hoffman holmes howard hughes hunt jackson james
    jensen johnson jordan kelly kim klein knight koch kumar lang larsen lewis long lopez marshall
    martin martinez mason meier mitchell moore morales morgan morris murphy murray myers nelson
    nguyen olsen ortiz owens palmer park parker patel perez perry peters phillips porter powell
    price ramirez reed reyes rice richter rivera roberts robinson rogers ross russell sanchez
    sanders schmidt schneider shaw singh snyder stewart sullivan taylor thomas thompson torres
    tucker turner vega wagner walker wallace ward watson weber webb wells west white williams
    wilson winter wright yang
""")
WORDS = _words("""
    info sales office help support team press hello contact mail news jobs shop data cloud web
    home work post book green blue red sun moon sky star north south east west fast smart open
    code soft net lab art music photo garden river sea farm food cafe hotel travel bank school
    city world light admin service orders billing account accounts marketing media events
    booking service studio design print paper house room kitchen table chair door window wall roof
    street road bridge park forest tree leaf flower rose apple lemon orange cherry berry honey
    sugar salt pepper bread cake pizza pasta rice coffee tea water milk wine beer fire ice snow
    rain wind storm cloud wave ocean lake island beach hill mountain valley rock stone sand gold
    silver iron steel copper glass wood cotton silk wool color paint pixel digital online virtual
    mobile phone radio video film movie camera sound voice song dance piano guitar drum band club
    game play sport ball team race run jump swim ride drive bike car truck train plane ship boat
    rocket space planet earth mars venus solar energy power electric engine motor machine robot
    auto tech logic math science bio chem health care clinic doctor dental pharma fitness yoga
    sport gym family kids baby mother father friend people group union alliance partner company
    business trade market store goods price money cash credit fund invest capital finance tax law
    legal justice court police army guard safe secure lock key shield castle tower king queen
    prince crown royal noble lion tiger bear wolf fox eagle hawk falcon owl raven swan duck horse
    dog cat bird fish whale shark dolphin turtle snake dragon phoenix spider bee ant panda rabbit
    happy lucky bright clear fresh clean pure simple easy quick rapid swift super mega micro mini
    big little old new young first best top high deep wide long short round square circle line
    point corner center middle edge global local national central united royal public private
    free learn teach study class student college academy library reader writer author editor
    story poem novel page press letter note pen pencil map guide tour trip visit guest welcome
    summer winter spring autumn morning evening night day week month year today future past time
    clock watch speed signal network server system software hardware computer laptop screen
    keyboard mouse button click link site domain host email inbox message chat talk speak listen
    vision dream idea mind brain heart soul spirit hope love peace joy magic wonder secret
""")
THINGS = _words("""
    apples books coins pens cards eggs cookies stamps balls flowers marbles oranges stickers toys
    shells tickets chairs tables bottles boxes bags cups plates shirts shoes hats lamps bikes cars
    phones photos letters parcels stones trees birds sheep horses cats dogs fish pages candles
""")
