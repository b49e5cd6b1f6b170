// Emoji for :shortcodes:.

const NAMES = `
hourglass ⌛|hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|clock1 🕐|clock3 🕒|clock4 🕓|clock9 🕘|calendar 📅|date 📅
spiral_calendar_pad 🗓️|warning ⚠️|rotating_light 🚨|fire 🔥|bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢|sos 🆘|zap ⚡|boom 💥
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|no_entry ⛔|no_entry_sign 🚫
large_green_circle 🟢|large_yellow_circle 🟡|large_orange_circle 🟠|red_circle 🔴|large_red_circle 🔴|large_blue_circle 🔵|large_purple_circle 🟣
white_circle ⚪️|black_circle ⚫️|large_green_square 🟩|large_yellow_square 🟨|large_red_square 🟥|large_blue_square 🟦|small_blue_diamond 🔹
small_orange_diamond 🔸|receipt 🧾|moneybag 💰|money_with_wings 💸|credit_card 💳|bank 🏦|chart_with_upwards_trend 📈|bar_chart 📊
page_facing_up 📄|page_with_curl 📃|memo 📝|pencil ✏️|pencil2 ✏️|clipboard 📋|paperclip 📎|pushpin 📌|round_pushpin 📍|file_folder 📁
card_index 📇|card_file_box 🗃️|inbox_tray 📥|outbox_tray 📤|incoming_envelope 📨|email 📧|envelope ✉️|package 📦|truck 🚚|camera 📷
mag 🔍|mag_right 🔎|link 🔗|lock 🔒|unlock 🔓|key 🔑|shield 🛡️|scales ⚖️|balance_scale ⚖️|gear ⚙️|wrench 🔧|hammer 🔨|label 🏷️
bust_in_silhouette 👤|busts_in_silhouette 👥|raising_hand 🙋|wave 👋|ok_hand 👌|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|pray 🙏|clap 👏
tada 🎉|sparkles ✨|star ⭐|star2 🌟|trophy 🏆|medal 🏅|gem 💎|crown 👑|eyes 👀|thinking_face 🤔|smile 😄|slightly_smiling_face 🙂
zzz 💤|sleeping 😴|bulb 💡|speech_balloon 💬|left_speech_bubble 🗨️|question ❓|grey_question ❔|exclamation ❗|bangbang ‼️|information_source ℹ️
arrow_up ⬆️|arrow_down ⬇️|arrow_right ➡️|arrow_left ⬅️|arrow_upper_right ↗️|arrows_counterclockwise 🔄|repeat 🔁|leftwards_arrow_with_hook ↩️
arrow_right_hook ↪️|heavy_plus_sign ➕|heavy_minus_sign ➖|double_vertical_bar ⏸️|pause_button ⏸️|arrow_forward ▶️|checkered_flag 🏁
triangular_flag_on_post 🚩|ticket 🎫|robot_face 🤖|seedling 🌱|leaves 🍃|coffee ☕|beach_with_umbrella 🏖️|heart ❤️|green_heart 💚`;

const EMOJI = new Map(NAMES.split(/[|\n]/).filter(Boolean).map((one) => one.trim().split(" ")));

export const emoji = (name) => EMOJI.get(name) ?? null;
