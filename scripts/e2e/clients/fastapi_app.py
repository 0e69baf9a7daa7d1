"""A FastAPI application with what such applications have: nested models, unions, enums, files, forms, credentials.

    python fastapi_app.py --document          prints its OpenAPI document
    python fastapi_app.py PORT [DRIFT]        serves it; DRIFT answers otherwise than it is described

Runs with every FastAPI from 0.95 and pydantic 1 on.
"""

import datetime
import decimal
import enum
import json
import sys
import uuid
from typing import Any, Dict, List, Literal, Optional, Union

from fastapi import (
    APIRouter, Body, Cookie, Depends, FastAPI, File, Form, Header, HTTPException, Path, Query, Response, UploadFile)
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, StreamingResponse
from fastapi.security import (
    APIKeyCookie, APIKeyHeader, APIKeyQuery, HTTPBasic, HTTPBearer, OAuth2PasswordBearer, SecurityScopes)
from pydantic import BaseModel, Field

DRIFT = sys.argv[2] if len(sys.argv) > 2 else ""
app = FastAPI(title="Shop \U0001f6d2", version="1.2.3", description="Everything.", servers=[{"url": "/"}])
router = APIRouter(prefix="/orders", tags=["orders"], responses={404: {"description": "no such order"}})


class State(str, enum.Enum):
    new = "new"
    paid = "paid"


class Level(enum.IntEnum):
    low = 1
    high = 2


class Card(BaseModel):
    kind: Literal["card"]
    number: str = Field(min_length=4, max_length=19)


class Cash(BaseModel):
    kind: Literal["cash"]
    coins: Optional[List[decimal.Decimal]] = None


class Line(BaseModel):
    item: uuid.UUID
    quantity: int = Field(1, ge=1, le=100)
    price: decimal.Decimal = decimal.Decimal("1.50")
    options: Dict[str, Union[int, str, bool, None]] = {}


class Order(BaseModel):
    lines: List[Line]
    state: State = State.new
    level: Level = Level.low
    pay: Union[Card, Cash] = Field(discriminator="kind")
    note: Optional[str] = Field(None, max_length=20)
    due: Optional[datetime.date] = None
    parent: Optional["Order"] = None
    tags: List[str] = []
    extra: Any = None


class Stored(Order):
    id: int
    made: datetime.datetime
    took: datetime.timedelta = datetime.timedelta(seconds=2)


class Problem(BaseModel):
    code: Literal["gone", "taken"]


for model in (Order, Stored):
    getattr(model, "model_rebuild", getattr(model, "update_forward_refs", None))()

bearer, basic, oauth = HTTPBearer(auto_error=False), HTTPBasic(auto_error=False), OAuth2PasswordBearer(
    "token", scopes={"read": "to read"}, auto_error=False)
key, query_key, cookie_key = (
    APIKeyHeader(name="X-Key", auto_error=False), APIKeyQuery(name="key", auto_error=False),
    APIKeyCookie(name="session", auto_error=False))
ORDERS: Dict[int, dict] = {}


def scoped(scopes: SecurityScopes, token: Optional[str] = Depends(oauth)):
    return token


@router.post("", response_model=Stored, status_code=201, operation_id="make_order")
def make(order: Order, response: Response, x_trace: Optional[uuid.UUID] = Header(None)):
    number = len(ORDERS) + 1
    content = json.loads(order.json() if not hasattr(order, "model_dump_json") else order.model_dump_json())
    ORDERS[number] = {**content, "id": number, "made": datetime.datetime.now(datetime.timezone.utc)}
    response.headers["Location"] = f"/orders/{number}"
    return ORDERS[number]


@router.get("/{number}", response_model=Stored, responses={409: {"model": Problem}})
def read(number: int = Path(ge=1, le=1000), fields: List[str] = Query([]), deep: bool = False):
    if number not in ORDERS:
        raise HTTPException(404, "no such order")
    if DRIFT == "field":
        answer = dict(ORDERS[number])
        answer["identifier"] = answer.pop("id")
        answer["made"] = answer["made"].isoformat()
        answer["took"] = "PT2S"
        return JSONResponse(answer)
    if DRIFT == "status":
        return JSONResponse({"detail": "later"}, status_code=503)
    return ORDERS[number]


@router.get("", response_model=List[Stored])
def list_orders(
        limit: int = Query(10, ge=1, le=50), state: Optional[State] = None, since: Optional[datetime.datetime] = None,
        sort: Literal["id", "made"] = "id", level: Optional[Level] = None, session: Optional[str] = Cookie(None),
        ids: Optional[List[int]] = Query(None)):
    return list(ORDERS.values())[:limit]


@router.delete("/{number}", status_code=204)
def delete(number: int):
    if ORDERS.pop(number, None) is None:
        raise HTTPException(404)


@router.patch("/{number}", response_model=Union[Stored, Problem], deprecated=True)
def change(number: int, change: Dict[str, Any] = Body(...)):
    ORDERS[number].update(change)
    return ORDERS[number]


@app.post("/upload")
async def upload(file: UploadFile, others: List[UploadFile] = File([]), note: str = Form(...), count: int = Form(1)):
    return {"size": len(await file.read()), "others": len(others), "note": note, "count": count}


@app.post("/token")
def token(username: str = Form(...), password: str = Form(...), scopes: List[str] = Form([])):
    return {"access_token": username, "token_type": "bearer", "scopes": scopes}


@app.get("/me")
def me(a=Depends(bearer), b=Depends(basic), c=Depends(key), d=Depends(query_key), e=Depends(cookie_key),
       f=Depends(scoped)):
    return {"is_known": any([a, b, c, d, e, f])}


@app.get("/text", response_class=PlainTextResponse)
def text():
    return "plain ✓"


@app.get("/page", response_class=HTMLResponse)
def page():
    return "<p>hello</p>"


@app.get("/stream", response_class=StreamingResponse)
def stream():
    return StreamingResponse(iter(["data: 1\n\n"]), media_type="text/event-stream")


@app.get("/any", responses={200: {"content": {"image/png": {}}, "description": "JSON or a picture"}})
def anything(accept: str = Header("")):
    return Response(b"\x89PNG", media_type="image/png") if "image" in accept else {"a": [1, None]}


@app.get("/files/{name}.{extension}")
def file(name: str, extension: str):
    return {"name": name, "extension": extension}


@app.put("/items/{item_id}/{kind}")
def put_item(item_id: uuid.UUID, kind: State, body: Union[int, List[int]] = Body(...), embed: Line = Body(...)):
    return {"item": str(item_id), "kind": kind, "body": body}


callbacks = APIRouter()


@callbacks.post("{$callback_url}/done")
def done(order: Stored):
    pass


@app.post("/later", callbacks=callbacks.routes, status_code=202)
def later(callback_url: str):
    return None


if hasattr(app, "webhooks"):
    @app.webhooks.post("order-paid")
    def order_paid(order: Stored):
        pass

app.include_router(router)

if __name__ == "__main__":
    if sys.argv[1] == "--document":
        print(json.dumps(app.openapi(), indent=1))
    else:
        import uvicorn
        uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
