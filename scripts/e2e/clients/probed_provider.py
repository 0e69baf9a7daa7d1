"""A provider written with FastAPI: right, or wrong in the one place that its argument names.

    probed_provider.py PORT [FAULT]

Its own document is at /openapi.json, and is always that of the right one.
"""

import sys
from datetime import date
from enum import Enum
from typing import Annotated, Optional

import uvicorn
from fastapi import Body, Depends, FastAPI, Header, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field, ValidationError

FAULT = sys.argv[2] if len(sys.argv) > 2 else "none"
app = FastAPI(title="items", version="1")
bearer = HTTPBearer(auto_error=False)
items = {}


class Colour(str, Enum):
    red = "red"
    green = "green"


class NewItem(BaseModel):
    name: str = Field(min_length=1, max_length=20)
    quantity: int = Field(ge=1, le=1000)
    colour: Colour = Colour.red
    note: Optional[str] = None
    tags: list[str] = Field(default=[], max_length=4)
    due: Optional[date] = None


class Item(NewItem):
    id: int


class Problem(BaseModel):
    detail: str


def user(shown: Annotated[Optional[HTTPAuthorizationCredentials], Depends(bearer)]):
    if FAULT != "no-auth" and (shown is None or shown.credentials != "right"):
        raise HTTPException(401, "who are you")


REFUSED = {401: {"model": Problem}}
ABSENT = {**REFUSED, 404: {"model": Problem}}


def answer(item, status):
    shown = item.model_dump(mode="json")
    if FAULT == "unknown-enum" and item.note is not None:
        shown["colour"] = "violet"
    if FAULT == "missing-member" and item.note is not None:
        del shown["quantity"]
    return JSONResponse(shown, status)


def found(number):
    if number not in items:
        raise HTTPException(404, "no such item")
    return items[number]


async def new_item(request: Request):
    """The body, read by hand where the fault is that it is read too generously."""
    sent = await request.json()
    if isinstance(sent, dict) and isinstance(sent.get("quantity"), str):
        sent["quantity"] = 1
    try:
        return NewItem.model_validate(sent)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


if FAULT == "wrong-type":
    @app.post("/items", status_code=201, dependencies=[Depends(user)])
    async def make_generously(request: Request):
        try:
            item = await new_item(request)
        except ValueError:
            return JSONResponse({"detail": []}, 422)
        return keep(item)


@app.post("/items", status_code=201, response_model=Item, responses=REFUSED, dependencies=[Depends(user)])
def make(item: Annotated[NewItem, Body()]):
    if FAULT == "empty-text" and item.note == "":
        raise RuntimeError("empty")
    return keep(item)


def keep(item):
    number = len(items) + 1
    items[number] = Item(id=number, **item.model_dump())
    return answer(items[number], 201)


@app.get("/items", response_model=list[Item])
def every(limit: Annotated[int, Query(ge=1, le=100)] = 10, colour: Optional[Colour] = None, q: Optional[str] = None):
    return [item for item in items.values() if colour in (None, item.colour)][:limit]


@app.get("/items/{number}", response_model=Item, responses=ABSENT, dependencies=[Depends(user)])
def one(number: Annotated[int, Path(ge=1)], x_tenant: Annotated[str, Header(min_length=2, max_length=8)]):
    return answer(found(number), 200)


@app.put("/items/{number}", response_model=Item, responses=ABSENT, dependencies=[Depends(user)])
def change(number: Annotated[int, Path(ge=1)], item: Annotated[NewItem, Body()]):
    found(number)
    items[number] = Item(id=number, **item.model_dump())
    return answer(items[number], 200)


@app.delete("/items/{number}", status_code=204, responses=ABSENT, dependencies=[Depends(user)])
def drop(number: Annotated[int, Path(ge=1)]):
    del items[found(number).id]
    return Response(status_code=204)


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "up"}


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
