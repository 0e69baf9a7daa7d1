"""The preset openai as OpenAI's own client sees it: answers, streams, tools, and what the client makes of faults.

    openai_client.py URL

The double runs with the options that apis.py writes. Prints a line a step.
"""

import asyncio
import json
import math
import sys
import time

import httpx
import openai
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

URL = sys.argv[1]
client = OpenAI(base_url=URL + "/v1", api_key="sk-right", max_retries=0, timeout=10)
USER = [{"role": "user", "content": "Hello there"}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather", "strict": True,
        "parameters": {
            "type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 2}},
            "required": ["city", "days"], "additionalProperties": False}}}


def step(name):
    print("ok", name, flush=True)


def switched(**switches):
    return {"X-Assay-Switches": ", ".join(f"{name.replace('_', '-')}={value}" for name, value in switches.items())}


def chat(messages=USER, model="gpt-4o", using=client, **more):
    return using.chat.completions.create(model=model, messages=messages, **more)


def raises(kind, act):
    try:
        act()
    except kind as error:
        return error
    raise AssertionError(f"expected {kind.__name__}, and nothing was raised")


# Chat
answer = chat()
assert answer.choices[0].message.content == "You said: Hello there", answer
assert answer.choices[0].finish_reason == "stop"
assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (8, 5), answer.usage
assert answer._request_id.startswith("req_"), answer._request_id
assert chat(n=3).choices[2].index == 2
assert chat(max_tokens=2).choices[0].finish_reason == "length"
likely = chat(logprobs=True, top_logprobs=3).choices[0].logprobs.content
assert len(likely[0].top_logprobs) == 3 and likely[0].logprob <= 0
assert chat([{"role": "user", "content": "where is order 42?"}]).choices[0].message.content == "Order 42 is on its way"
step("chat")

# Streams
chunks = list(chat(stream=True, stream_options={"include_usage": True}))
assert chunks[0].choices[0].delta.role == "assistant"
text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
assert text == "You said: Hello there", text
assert chunks[-1].usage.total_tokens == 13 and chunks[-2].choices[0].finish_reason == "stop"
with client.chat.completions.stream(model="gpt-4o", messages=USER) as stream:
    assert stream.get_final_completion().choices[0].message.content == "You said: Hello there"
begun = time.monotonic()
times = [time.monotonic() - begun for chunk in chat(stream=True, extra_headers=switched(first_token_after="200ms", tokens_per_second=20))]
assert times[0] >= 0.19 and times[-1] - times[0] >= 0.18 and len(set(round(t, 2) for t in times)) > 3, times
begun = time.monotonic()
chat(extra_headers=switched(first_token_after="200ms"))
assert time.monotonic() - begun >= 0.19
step("streams")

# Tools
message = chat(tools=[WEATHER]).choices[0].message
call = message.tool_calls[0]
assert (call.function.name, json.loads(call.function.arguments)) == ("get_weather", {"city": "city", "days": 2}), call
told = chat(USER + [message, {"role": "tool", "tool_call_id": call.id, "content": "sunny"}], tools=[WEATHER])
assert told.choices[0].message.content == "get_weather answered: sunny"
with client.chat.completions.stream(model="gpt-4o", messages=USER, tools=[WEATHER]) as stream:
    kinds = {event.type for event in stream}
    assert "tool_calls.function.arguments.done" in kinds, kinds
    whole = stream.get_final_completion().choices[0].message.tool_calls[0].function
    assert json.loads(whole.arguments) == {"city": "city", "days": 2}, whole
scripted = chat([{"role": "user", "content": "Weather in Kyiv"}], tools=[WEATHER], tool_choice="required")
assert json.loads(scripted.choices[0].message.tool_calls[0].function.arguments) == {"city": "Kyiv", "days": 3}
assert chat(tools=[WEATHER], tool_choice="none").choices[0].message.tool_calls is None
step("tools")


# Structured answers
class Person(BaseModel):
    name: str
    age: int
    tags: list[str]


parsed = client.chat.completions.parse(model="gpt-4o", messages=USER, response_format=Person)
assert parsed.choices[0].message.parsed == Person(name="name", age=1, tags=["tags"]), parsed
loose = chat([{"role": "user", "content": "as JSON"}], response_format={"type": "json_object"})
assert json.loads(loose.choices[0].message.content) == {"answer": "as JSON"}
step("structured answers")

# Embeddings: the client asks for Base64 by itself
vectors = client.embeddings.create(model="text-embedding-3-small", input=["a cat sat", "the cat sat", "revenue grew"])
assert [len(row.embedding) for row in vectors.data] == [1536] * 3
first, second, third = (row.embedding for row in vectors.data)
assert abs(math.hypot(*first) - 1) < 1e-5
assert sum(map(lambda a, b: a * b, first, second)) > sum(map(lambda a, b: a * b, first, third)) + 0.2
floats = client.embeddings.create(model="text-embedding-3-small", input="a cat sat", encoding_format="float")
assert all(abs(a - b) < 1e-6 for a, b in zip(floats.data[0].embedding, first))
assert len(client.embeddings.create(model="text-embedding-3-small", input="x", dimensions=64).data[0].embedding) == 64
step("embeddings")

# Models, moderation, legacy completions, audio
assert "gpt-4o" in [model.id for model in client.models.list()]
assert client.models.retrieve("gpt-4o").id == "gpt-4o"
assert raises(openai.NotFoundError, lambda: client.models.retrieve("gpt-9")).code == "model_not_found"
flags = client.moderations.create(input=["kittens", "a bomb"]).results
assert [flag.flagged for flag in flags] == [False, True] and flags[1].categories.violence
assert client.completions.create(model="gpt-3.5-turbo-instruct", prompt="Hi").choices[0].text == "You said: Hi"
assert client.audio.transcriptions.create(model="whisper-1", file=("a.wav", b"RIFF")).text == "This is a transcript."
assert client.audio.speech.create(model="tts-1", voice="alloy", input="x", response_format="wav").content[:4] == b"RIFF"
step("other endpoints")

# Responses
first = client.responses.create(model="gpt-4o", input="Hello there", instructions="Be kind")
assert first.output_text == "You said: Hello there" and first.status == "completed"
second = client.responses.create(model="gpt-4o", input="More", previous_response_id=first.id)
assert second.usage.input_tokens > first.usage.input_tokens - 6
assert client.responses.retrieve(first.id).output_text == first.output_text
with client.responses.stream(model="gpt-4o", input="Hi") as stream:
    deltas = [event.delta for event in stream if event.type == "response.output_text.delta"]
    assert "".join(deltas) == "You said: Hi" == stream.get_final_response().output_text
tool = {"type": "function", "name": "get_weather", "strict": True, "parameters": WEATHER["function"]["parameters"]}
call = client.responses.create(model="gpt-4o", input="go", tools=[tool]).output[0]
assert (call.type, json.loads(call.arguments)) == ("function_call", {"city": "city", "days": 2}), call
shaped = client.responses.parse(model="gpt-4o", input="go", text_format=Person)
assert shaped.output_parsed.age == 1
client.responses.delete(first.id)
raises(openai.NotFoundError, lambda: client.responses.retrieve(first.id))
step("responses")

# Refusals
wrong = OpenAI(base_url=URL + "/v1", api_key="sk-wrong", max_retries=0)
assert raises(openai.AuthenticationError, lambda: chat(using=wrong)).code == "invalid_api_key"
limited = raises(openai.RateLimitError, lambda: chat(extra_headers=switched(rate_limit="true", retry_after="2s")))
assert (limited.code, limited.response.headers["retry-after"]) == ("rate_limit_exceeded", "2")
assert raises(openai.RateLimitError, lambda: chat(extra_headers=switched(quota="true"))).code == "insufficient_quota"
raises(openai.InternalServerError, lambda: chat(extra_headers=switched(server_error="true", error_status=503)))
long = raises(openai.BadRequestError, lambda: chat([{"role": "user", "content": "word " * 200_000}]))
assert long.code == "context_length_exceeded"
assert raises(openai.BadRequestError, lambda: chat(temperature=9)).param == "temperature"
assert chat(extra_headers=switched(content_filter="true")).choices[0].finish_reason == "content_filter"
assert chat(extra_headers=switched(refuse="true")).choices[0].message.refusal
broken = chat(tools=[WEATHER], extra_headers=switched(broken_arguments="true")).choices[0].message.tool_calls[0]
raises(json.JSONDecodeError, lambda: json.loads(broken.function.arguments))
step("refusals")

# The client repeats what may be repeated, and waits as it is told
patient = OpenAI(base_url=URL + "/v1", api_key="sk-right", max_retries=3, timeout=10)
httpx.put(URL + "/__assay/switches", json={"rate-limit": 2, "retry-after": "300ms"}).raise_for_status()
begun = time.monotonic()
assert chat(using=patient).choices[0].message.content
waited = time.monotonic() - begun
assert 0.6 <= waited < 5, waited
httpx.delete(URL + "/__assay/switches").raise_for_status()
step("retries")

# Streams that break
for how in ("close", "reset"):
    seen = []

    def read():
        for chunk in chat(stream=True, extra_headers=switched(cut_stream=3, cut_how=how)):
            seen.append(chunk)

    # A reset may overtake what was sent before it.
    raises((httpx.RemoteProtocolError, httpx.ReadError, openai.APIConnectionError), read)
    assert how == "reset" or len(seen) == 3, seen
raises(json.JSONDecodeError, lambda: list(chat(stream=True, extra_headers=switched(malformed_chunk=2))))
hasty = client.with_options(timeout=0.5)
raises(openai.APITimeoutError, lambda: chat(using=hasty, extra_headers=switched(silence="true")))
raises(openai.APITimeoutError, lambda: chat(using=hasty, extra_headers=switched(first_token_after="3s")))
step("broken streams")


# Many at once
async def together():
    async with AsyncOpenAI(base_url=URL + "/v1", api_key="sk-right", max_retries=0, timeout=30) as many:
        async def one(number):
            stream = await many.chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": f"number {number}"}], stream=True,
                extra_headers=switched(first_token_after="500ms"))
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

        return await asyncio.gather(*(one(number) for number in range(50)))


begun = time.monotonic()
texts = asyncio.run(together())
assert texts == [f"You said: number {number}" for number in range(50)]
assert time.monotonic() - begun < 10
step("async")
