// For the proof of the gate `headers` alone: loaded before the portal, it leaves out of each answer the header that the
// request names, or gives every answer the same nonce.
import { ServerResponse } from 'node:http';

const { setHeader, writeHead } = ServerResponse.prototype;

/** @param {ServerResponse} response */
const without = (response) => response.req?.headers['x-prove-without'];

ServerResponse.prototype.setHeader = function (name, value) {
  const left = without(this);
  if (left === String(name).toLowerCase()) return this;
  const isPolicy = left === 'nonce' && String(name).toLowerCase() === 'content-security-policy';
  return setHeader.call(this, name, isPolicy ? sameNonce(value) : value);
};
ServerResponse.prototype.writeHead = function (status, ...rest) {
  const left = without(this);
  if (typeof left === 'string') {
    this.removeHeader(left);
    for (const part of rest)
      if (typeof part === 'object' && part !== null && !Array.isArray(part))
        for (const name of Object.keys(part)) if (name.toLowerCase() === left) delete part[name];
  }
  return writeHead.call(this, status, ...rest);
};

/** @param {unknown} value */
function sameNonce(value) {
  return String(value).replace(/'nonce-[^']*'/, `'nonce-${Buffer.alloc(16).toString('base64')}'`);
}
