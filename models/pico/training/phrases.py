"""Sentences from templates: `command_sentence` (numbers, dates, commands) and `everyday_sentence` (small talk)."""

import random

from spoken_numbers import (
    DAYS,
    MONTHS,
    cardinal,
    digits,
    ordinal,
    some_amount,
    some_date,
    some_decimal,
    some_number,
    some_time,
)

NAMES = (
    "john mary peter anna david sarah james linda robert susan michael karen thomas nancy charles lisa daniel betty "
    "matthew helen anthony sandra mark donna steven carol paul ruth andrew sharon joshua michelle kevin laura brian "
    "emily george kimberly edward deborah ronald jessica timothy shirley jason cynthia jeffrey angela ryan melissa "
    "jacob brenda gary amy nicholas rebecca eric virginia jonathan kathleen stephen pamela larry martha justin debra "
    "scott amanda brandon stephanie benjamin carolyn samuel christine frank janet gregory catherine raymond frances "
    "alexander ann patrick joyce jack diane dennis alice jerry julie tyler heather aaron teresa henry doris oliver "
    "gloria harry evelyn sophie emma olivia lucy grace charlotte hannah simon martin philip victor walter arthur"
).split()
PLACES = (
    "london|paris|berlin|rome|madrid|new york|boston|chicago|dublin|vienna|seattle|denver|dallas|houston|miami|"
    "toronto|sydney|oxford|cambridge|bristol|manchester|liverpool|glasgow|edinburgh|amsterdam|brussels|geneva|oslo|"
    "stockholm|athens|cairo|delhi|tokyo|hong kong|singapore|san francisco|los angeles|washington|philadelphia|"
    "the city|the village|the station|the airport|the hospital|the office|the library|the beach|the mountains|"
    "the university|the market|the park|the museum|the post office|the hotel|the supermarket|the school|the garden"
).split("|")
DEVICES = (
    "light|lights|lamp|door|front door|garage door|window|windows|radio|television|alarm|music|heater|heating|fan|"
    "camera|screen|clock|oven|printer|computer|washing machine|dishwasher|coffee machine|vacuum cleaner|"
    "air conditioner|thermostat|curtains|blinds|speaker|microphone|phone|timer|engine|water|sprinkler|gate"
).split("|")
ROOMS = "kitchen|bedroom|living room|bathroom|garage|garden|hall|office|cellar|attic|dining room|nursery".split("|")
THINGS = (
    "book|car|house|bicycle|letter|table|chair|coat|bag|ticket|key|phone|computer|picture|bottle|cup|plate|knife|"
    "spoon|box|newspaper|magazine|umbrella|watch|ring|shirt|jacket|hat|shoe|dress|bed|blanket|pillow|lamp|mirror|"
    "clock|camera|guitar|piano|ball|toy|cake|loaf of bread|sandwich|glass of water|cup of tea|cup of coffee|dog|cat|"
    "horse|bird|flower|tree|stone|map|passport|suitcase|wallet|pen|pencil|notebook|ladder|hammer|screwdriver|boat"
).split("|")
FOODS = (
    "bread|butter|cheese|milk|rice|soup|salad|chicken|beef|fish|an apple|a banana|an orange|strawberries|potatoes|"
    "tomatoes|onions|carrots|mushrooms|pasta|pizza|chocolate|ice cream|sugar|salt|pepper|honey|eggs|yoghurt|biscuits|"
    "coffee|tea|orange juice|water|wine|beer|lemonade|vegetables|fruit|breakfast|lunch|dinner"
).split("|")
ADJECTIVES = (
    "old|new|big|small|little|beautiful|ugly|heavy|light|expensive|cheap|broken|clean|dirty|empty|full|warm|cold|"
    "hot|dry|wet|soft|hard|red|blue|green|yellow|black|white|brown|grey|strange|ordinary|wonderful|terrible|quiet|"
    "noisy|dangerous|safe|simple|difficult|interesting|boring|important|useful|famous|modern|ancient|comfortable"
).split("|")
FEELINGS = (
    "happy|sad|tired|hungry|thirsty|angry|afraid|surprised|nervous|bored|excited|worried|proud|ashamed|lonely|sick|"
    "ready|late|early|busy|free|lucky|sorry|sure|alone|awake|asleep|married|lost|better|worse|all right|confused"
).split("|")
PEOPLE = (
    "i|you|we|they|he|she|my brother|my sister|my mother|my father|my wife|my husband|our neighbour|the teacher|"
    "the doctor|the children|the boys|the girls|everybody|nobody|somebody|my friend|your friends|her boss|"
    "his uncle|the old man|the young woman|the driver|the manager|the police|the students|my parents|the baby"
).split("|")
PAST_DEEDS = (
    "bought|sold|found|lost|forgot|broke|repaired|cleaned|painted|saw|wanted|needed|liked|hated|carried|dropped|"
    "borrowed|brought|took|kept|threw away|looked for|asked for|paid for|opened|closed|hid|stole|used|moved|missed"
).split("|")
ACTIONS = (
    "go home|come in|sit down|stand up|wait here|listen to me|help me|call the doctor|read the letter|write it down|"
    "open the window|close the door|clean the kitchen|wash the dishes|cook dinner|buy some food|feed the cat|"
    "walk the dog|catch the train|miss the bus|drive to work|learn english|speak slowly|answer the question|"
    "tell the truth|tell me a story|sing a song|play the piano|play football|watch a film|take a photograph|"
    "pay the bill|change the subject|solve the problem|finish the work|start again|stop talking|make a mistake|"
    "have a look|take a break|go to bed|get up early|go shopping|go swimming|ride a bicycle|climb the hill|"
    "fix the roof|paint the wall|water the plants|send an email|turn the page|visit my grandmother|meet a friend"
).split("|")
WHEN = (
    "today|tomorrow|yesterday|tonight|now|right now|soon|later|this morning|this afternoon|this evening|last night|"
    "last week|next week|next month|last year|on monday|on friday|at the weekend|every day|every morning|again|"
    "in the summer|in winter|after lunch|before breakfast|before it gets dark|when you are ready|as soon as possible"
).split("|")
WEATHER = (
    "raining|snowing|sunny|cloudy|windy|foggy|very hot|quite cold|getting dark|getting late|too warm|freezing|stormy"
).split("|")
SMALL_TALK = (
    "good morning|good evening|good night|hello everybody|hello how are you|how are you today|thank you very much|"
    "you are welcome|see you tomorrow|see you later|excuse me please|i am sorry|never mind|of course|no problem|"
    "what time is it|where are you|who is there|what is your name|nice to meet you|have a nice day|yes please|"
    "no thank you|i don't know|i don't understand|can you hear me|say that again please|that's a good idea|"
    "happy birthday|congratulations|good luck|take care|wait a minute|come here|let's go|are you sure|it's all right|"
    "i can't believe it|what happened|how much is it|where do you live|what do you mean|it doesn't matter|yes|no|"
    "stop|okay|please|thanks|hello|goodbye"
).split("|")


def command_sentence(rng: random.Random) -> str:
    """Numbers, dates, times, amounts and orders to a machine."""
    pick = rng.choice
    make = pick(COMMAND_TEMPLATES)
    return _tidy(make(rng, pick))


def everyday_sentence(rng: random.Random) -> str:
    pick = rng.choice
    make = pick(EVERYDAY_TEMPLATES)
    return _tidy(make(rng, pick))


def _tidy(sentence: str) -> str:
    return " ".join(sentence.split())


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


COMMAND_TEMPLATES = (
    lambda r, pick: digits(r, 3, 8),
    lambda r, pick: digits(r, 2, 10),
    lambda r, pick: digits(r, 1, 4),
    lambda r, pick: f"my {pick(('number', 'phone number', 'code', 'pin'))} is {digits(r, 4, 8)}",
    lambda r, pick: f"{pick(('call', 'dial', 'the number is', 'the code is', 'my account is'))} {digits(r, 3, 8)}",
    lambda r, pick: some_number(r),
    lambda r, pick: some_decimal(r),
    lambda r, pick: some_date(r),
    lambda r, pick: f"{pick(('today is', 'i was born on', 'the date is', 'we leave on', 'it ends on'))} {some_date(r)}",
    lambda r, pick: f"the {pick(('meeting', 'concert', 'exam', 'appointment', 'party', 'lesson'))} is on {pick(DAYS)} "
    f"at {some_time(r)}",
    lambda r, pick: f"{pick(('wake me up at', 'it is', 'the train leaves at', 'set an alarm for', 'we close at'))} "
    f"{some_time(r)}",
    lambda r, pick: f"set {pick(('a timer', 'the timer'))} for {cardinal(r.randint(2, 90))} "
    f"{pick(('seconds', 'minutes', 'hours'))}",
    lambda r, pick: f"{pick(('it costs', 'the price is', 'i paid', 'that makes', 'please pay', 'send him'))} "
    f"{some_amount(r)}",
    lambda r, pick: f"{pick(('turn on', 'turn off', 'switch on', 'switch off', 'open', 'close', 'start', 'stop', 'check'))}"
    f" the {pick(DEVICES)} {pick(('please', 'now', 'in the ' + pick(ROOMS), 'in the ' + pick(ROOMS), ''))}",
    lambda r, pick: f"set the {pick(('temperature', 'volume', 'brightness'))} {pick(('in the ' + pick(ROOMS), ''))} to "
    f"{cardinal(r.randint(1, 100))} {pick(('percent', 'degrees', ''))}",
    lambda r, pick: f"{pick(('call', 'send a message to', 'write to', 'ask', 'remind', 'invite', 'reply to'))} {pick(NAMES)} "
    f"{pick(WHEN)}",
    lambda r, pick: f"{pick(('play', 'pause', 'skip', 'repeat', 'delete', 'save', 'show', 'read'))} the "
    f"{pick(('next', 'last', 'first', 'second', 'third'))} {pick(('song', 'message', 'picture', 'file', 'page', 'video'))}",
    lambda r, pick: f"{pick(('navigate to', 'how far is it to', 'what is the weather in', 'book a flight to'))} "
    f"{pick(PLACES)}",
    lambda r, pick: f"{pick(('room', 'flight', 'platform', 'gate', 'chapter', 'page', 'question', 'bus', 'track'))} "
    f"{pick((some_number(r), digits(r, 1, 4), cardinal(r.randint(1, 99))))}",
    lambda r, pick: f"{cardinal(r.randint(0, 99))} {pick(('plus', 'minus', 'times', 'divided by'))} "
    f"{cardinal(r.randint(0, 99))} {pick(('is', 'equals'))} {cardinal(r.randint(0, 199))}",
    lambda r, pick: f"{pick(('remind me to', 'do not forget to'))} {pick(ACTIONS)} {pick(('on', 'next'))} {pick(DAYS)}",
    lambda r, pick: f"i need {cardinal(r.randint(2, 60))} {pick(THINGS).split(' of ')[0]}s by {pick(DAYS + MONTHS)}",
    lambda r, pick: f"the {ordinal(r.randint(1, 40))} {pick(THINGS).split(' of ')[0]} on the {pick(('left', 'right'))}",
)

EVERYDAY_TEMPLATES = (
    lambda r, pick: pick(SMALL_TALK),
    lambda r, pick: f"{pick(PEOPLE)} {pick(PAST_DEEDS)} {_a(pick(ADJECTIVES))} {pick(THINGS)} {pick(('', pick(WHEN)))}",
    lambda r, pick: f"{pick(PEOPLE)} {pick(PAST_DEEDS)} the {pick(THINGS)} in the {pick(ROOMS)}",
    lambda r, pick: f"{pick(('can you', 'could you please', 'why did you', 'would you', 'do you want to', 'did you'))} "
    f"{pick(ACTIONS)} {pick(('', pick(WHEN)))}",
    lambda r, pick: f"{pick(PEOPLE)} {pick(('will', 'must', 'should', 'might', 'cannot', 'could', 'used to', 'would never'))} "
    f"{pick(ACTIONS)} {pick(('', pick(WHEN)))}",
    lambda r, pick: f"{pick(NAMES)} {pick(('is', 'was', 'looks', 'seems', 'is not', 'was very'))} {pick(FEELINGS)} "
    f"{pick(('', pick(WHEN)))}",
    lambda r, pick: f"{pick(NAMES)} and {pick(NAMES)} {pick(('live in', 'went to', 'are from', 'walked to', 'met in'))} "
    f"{pick(PLACES)}",
    lambda r, pick: f"{pick(PEOPLE)} {pick(('ate', 'would like', 'cooked', 'ordered', 'wanted', 'did not like'))} "
    f"{pick(FOODS)} {pick(('and ' + pick(FOODS), 'for ' + pick(('breakfast', 'lunch', 'dinner')), 'with ' + pick(FOODS)))}",
    lambda r, pick: f"it {pick(('is', 'was', 'will be', 'has been'))} {pick(WEATHER)} in {pick(PLACES)} {pick(('', pick(WHEN)))}",
    lambda r, pick: f"the {pick(THINGS)} is {pick(ADJECTIVES)} {pick(('and', 'but not'))} {pick(ADJECTIVES)}",
    lambda r, pick: f"where {pick(('is', 'did you put', 'can i buy', 'did they find'))} the {pick(ADJECTIVES)} {pick(THINGS)}",
    lambda r, pick: f"i {pick(('think', 'hope', 'know', 'believe', 'am sure', 'heard', 'said'))} that {pick(PEOPLE)} "
    f"{pick(PAST_DEEDS)} the {pick(THINGS)}",
    lambda r, pick: f"{pick(('if', 'when', 'because', 'although', 'before', 'after'))} {pick(PEOPLE)} {pick(PAST_DEEDS)} the "
    f"{pick(THINGS)} {pick(PEOPLE)} {pick(PAST_DEEDS)} {_a(pick(THINGS))}",
    lambda r, pick: f"there {pick(('is', 'was'))} {_a(pick(ADJECTIVES))} {pick(THINGS)} "
    f"{pick(('on', 'under', 'behind', 'next to', 'in front of'))} the {pick(THINGS)}",
    lambda r, pick: f"{pick(('let us', 'we have to', 'i want to', 'i forgot to', 'it is time to', 'i am going to'))} "
    f"{pick(ACTIONS)} {pick(('with ' + pick(NAMES), pick(WHEN), ''))}",
    lambda r, pick: f"{pick(NAMES)} gave {pick(NAMES)} {_a(pick(ADJECTIVES))} {pick(THINGS)} for {pick(('christmas', 'free', 'her birthday'))}",
    lambda r, pick: f"how {pick(('do', 'can'))} i get to {pick(PLACES)} from {pick(PLACES)}",
)
