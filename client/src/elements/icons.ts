/** The icons the elements draw (Lucide), as nodes that take the colour of the text. */

import markIn from "lucide-static/icons/arrow-left-to-line.svg?raw";
import markOut from "lucide-static/icons/arrow-right-to-line.svg?raw";
import cameraOff from "lucide-static/icons/camera-off.svg?raw";
import chevronLeft from "lucide-static/icons/chevron-left.svg?raw";
import chevronRight from "lucide-static/icons/chevron-right.svg?raw";
import circleDashed from "lucide-static/icons/circle-dashed.svg?raw";
import clock from "lucide-static/icons/clock.svg?raw";
import copy from "lucide-static/icons/copy.svg?raw";
import download from "lucide-static/icons/download.svg?raw";
import fastForward from "lucide-static/icons/fast-forward.svg?raw";
import grid2 from "lucide-static/icons/grid-2x2.svg?raw";
import grid3 from "lucide-static/icons/grid-3x3.svg?raw";
import keyboard from "lucide-static/icons/keyboard.svg?raw";
import link from "lucide-static/icons/link.svg?raw";
import lock from "lucide-static/icons/lock.svg?raw";
import maximize from "lucide-static/icons/maximize.svg?raw";
import minimize from "lucide-static/icons/minimize.svg?raw";
import pause from "lucide-static/icons/pause.svg?raw";
import play from "lucide-static/icons/play.svg?raw";
import radio from "lucide-static/icons/radio.svg?raw";
import repeat from "lucide-static/icons/repeat.svg?raw";
import rewind from "lucide-static/icons/rewind.svg?raw";
import rotateCcw from "lucide-static/icons/rotate-ccw.svg?raw";
import square from "lucide-static/icons/square.svg?raw";
import stepBack from "lucide-static/icons/step-back.svg?raw";
import stepForward from "lucide-static/icons/step-forward.svg?raw";
import triangleAlert from "lucide-static/icons/triangle-alert.svg?raw";
import videoOff from "lucide-static/icons/video-off.svg?raw";
import volume2 from "lucide-static/icons/volume-2.svg?raw";
import volumeX from "lucide-static/icons/volume-x.svg?raw";
import wifiOff from "lucide-static/icons/wifi-off.svg?raw";
import cross from "lucide-static/icons/x.svg?raw";
import zoomIn from "lucide-static/icons/zoom-in.svg?raw";
import zoomOut from "lucide-static/icons/zoom-out.svg?raw";

const ICONS = {
  cameraOff,
  chevronLeft,
  chevronRight,
  circleDashed,
  clock,
  copy,
  cross,
  download,
  fastForward,
  grid2,
  grid3,
  keyboard,
  link,
  lock,
  markIn,
  markOut,
  maximize,
  minimize,
  pause,
  play,
  radio,
  repeat,
  rewind,
  rotateCcw,
  square,
  stepBack,
  stepForward,
  triangleAlert,
  videoOff,
  volume2,
  volumeX,
  wifiOff,
  zoomIn,
  zoomOut,
};

export type IconName = keyof typeof ICONS;

/** An icon beside a word or inside a control that has an accessible name; never alone. */
export function icon(name: IconName): SVGElement {
  const holder = document.createElement("template");
  holder.innerHTML = ICONS[name].slice(ICONS[name].indexOf("<svg")).trim();
  const svg = holder.content.firstElementChild as SVGElement;
  svg.setAttribute("aria-hidden", "true");
  return svg;
}
