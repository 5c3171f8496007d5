import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';

// An admission webhook that allows everything. Its text is also given to a Node that strips no types.
const { CERT, KEY, PORT } = process.env;
createServer({ cert: CERT, key: KEY }, (request, response) => {
  void text(request).then((body) => {
    const { apiVersion, kind, request: review } = JSON.parse(body);
    const answer = { uid: review.uid, allowed: true };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ apiVersion, kind, response: answer }));
  });
}).listen(Number(PORT), '::', () => console.log('listening'));
