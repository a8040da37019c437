// One answer at a time is written into the chat, and a conversation is left only when nothing is written into it
// any more: a late reply would otherwise arrive in the next one. Gradio reports an answer that was stopped as
// failed; only this script knows better.

const STOPPING_TIME = 15000; // milliseconds that an answer may take to end after it was stopped
const LOOK = 50; // milliseconds between two looks

let run = null; // from a question to the end of its answer: how the reader ended it, if so
const isWriting = () => Boolean(run);
const pause = (time) => new Promise((resume) => setTimeout(resume, time));
const stopButton = () => find('#question .stop-button');

document.addEventListener('click', (event) => {
  if (!run || !event.target.closest?.('#question .stop-button')) return;
  run.how ||= 'stopped';
  say(qa.text.stopping, null, true);
}, true);

// A question is sent. What Python gets passes through, as in the next function.
qa.sends = (...given) => {
  run = { how: '' };
  return given;
};
// Its answer begins. Gradio cannot stop it before: a stop that came too early is repeated.
qa.begins = (...given) => {
  if (run?.how) setTimeout(() => stopButton()?.click(), 2 * LOOK);
  return given;
};
// "stopped", "left" for another conversation, or "" if the reader did nothing.
qa.ending = () => (run ? run.how : 'left');
const finish = () => {
  if (run?.how) find('#toast')?.replaceChildren();
  run = null;
  qa.focus();
};
// Gradio may say so before a stop is complete; then it calls `qa.failed` as well.
qa.ended = () => { if (!run?.how) finish(); };
qa.failed = finish;

// Stops what is being written and waits until it has ended.
const settle = async () => {
  const left = run;
  if (!left) return;
  left.how = 'left';
  for (let waited = 0, stop; run === left && waited < STOPPING_TIME; waited += LOOK) {
    if (!stop) {
      stop = stopButton(); // not there before the question is in the chat
      stop?.click();
    }
    await pause(LOOK);
  }
  if (run === left) finish();
  await pause(LOOK); // what came last is kept in its own conversation
};
