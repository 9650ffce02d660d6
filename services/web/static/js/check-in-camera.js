// Reads tickets by the camera, where the browser itself knows codes; everywhere else a number is typed, or a scanner types it.
const PAUSE = 200;
const SAME = 4000;

function stop(button, video) {
  video.srcObject.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
  video.hidden = true;
  button.textContent = "カメラで読み取る";
}

// Starts, or stops what was started. The same ticket held still is read once.
export async function watch(button, video, read, say) {
  if (video.srcObject) return stop(button, video);
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    return say("no", "", "カメラを使えません。ブラウザーの許可を確かめるか、受付票の番号を入力してください。");
  }
  video.hidden = false;
  await video.play();
  button.textContent = "カメラを止める";
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  let last = { given: "", at: 0 };
  while (video.srcObject) {
    const [code] = await detector.detect(video).catch(() => []);
    if (code && (code.rawValue !== last.given || Date.now() - last.at > SAME)) {
      last = { given: code.rawValue, at: Date.now() };
      await read(code.rawValue, "QR");
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
