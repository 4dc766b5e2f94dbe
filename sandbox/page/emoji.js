// A few dozen common emoji; others stay as :shortcodes:.

const TABLE = `
white_check_mark ✅|heavy_check_mark ✔️|x ❌|warning ⚠️|no_entry ⛔|no_entry_sign 🚫|eyes 👀|tada 🎉
hourglass ⌛|hourglass_flowing_sand ⏳|paperclip 📎|bell 🔔|no_bell 🔕|fire 🔥|rocket 🚀|wave 👋
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|robot_face 🤖|lock 🔒|unlock 🔓|key 🔑|mag 🔍|memo 📝|pencil2 ✏️
pencil ✏️|calendar 📅|clock1 🕐|alarm_clock ⏰|stopwatch ⏱️|zzz 💤|red_circle 🔴|large_yellow_circle 🟡
large_orange_circle 🟠|large_green_circle 🟢|large_blue_circle 🔵|white_circle ⚪|black_circle ⚫
moneybag 💰|credit_card 💳|dollar 💵|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉
bar_chart 📊|rotating_light 🚨|sos 🆘|information_source ℹ️|question ❓|grey_question ❔|exclamation ❗
bulb 💡|gear ⚙️|wrench 🔧|hammer 🔨|link 🔗|bust_in_silhouette 👤|busts_in_silhouette 👥|star ⭐
sparkles ✨|heart ❤️|smile 😄|slightly_smiling_face 🙂|thinking_face 🤔|point_right 👉|raised_hand ✋
raising_hand 🙋|pray 🙏|muscle 💪|ok_hand 👌|clap 👏|100 💯|bug 🐛|package 📦|email 📧|inbox_tray 📥
outbox_tray 📤|speech_balloon 💬|speaking_head_in_silhouette 🗣️|arrow_up ⬆️|arrow_down ⬇️
arrow_right ➡️|arrow_left ⬅️|arrows_counterclockwise 🔄|repeat 🔁|leftwards_arrow_with_hook ↩️
double_vertical_bar ⏸️|arrow_forward ▶️|black_square_for_stop ⏹️|octagonal_sign 🛑|page_facing_up 📄
clipboard 📋|books 📚|file_folder 📁|pushpin 📌|round_pushpin 📍|scales ⚖️|shield 🛡️|hammer_and_wrench 🛠️
trophy 🏆|medal 🏅|ballot_box_with_ballot 🗳️|coin 🪙|ticket 🎫|sunny ☀️|moon 🌔|crescent_moon 🌙`;

export const EMOJI = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .map((pair) => pair.trim().split(" ")),
);

export const withEmoji = (text) =>
  text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI.get(name) ?? whole);
