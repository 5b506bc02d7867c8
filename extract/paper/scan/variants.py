"""Traditional forms of characters: where a page is in simplified ones, the recogniser means the simplified form.

It was taught both, and takes one for the other where a print is coarse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.paper.scan.readings import Reading

# traditional and simplified in turns: common characters with one simplified form, which no simplified text prints
_PAIRS = (
    "額额項项決决財财預预費费計计總总務务業业設设贈赠實实際际關关機机構构單单產产資资債债償偿還还購购買买賣卖貨货"
    "賬账貸贷貿贸賽赛質质贊赞貼贴貧贫責责敗败貢贡貪贪貫贯軍军車车輛辆輸输運运連连進进達达過过遠远適适選选遷迁邊边"
    "區区縣县鄉乡鎮镇國国圍围園园圖图團团場场塊块壓压報报壇坛壞坏壩坝壽寿處处備备傳传傷伤僅仅優优儀仪億亿價价"
    "個个們们會会來来倉仓側侧偉伟儲储兒儿內内兩两冊册劃划則则剛刚創创劑剂勞劳動动務务勝胜勢势勵励勻匀協协華华"
    "衛卫參参雙双發发變变嚴严員员問问啟启喪丧園园執执堅坚報报塵尘墊垫學学孫孙寧宁審审寫写寬宽對对導导層层屬属"
    "島岛峽峡帶带幣币幫帮幹干廠厂廣广廳厅庫库應应張张強强彈弹彙汇後后徑径從从復复徵征德德志志態态慶庆憑凭"
    "憲宪懷怀戰战戲戏戶户據据擔担擬拟擇择擊击擴扩擺摆攝摄敵敌數数斷断時时暫暂曆历條条極极樓楼標标樞枢樣样機机"
    "檔档檢检權权歡欢歲岁歷历歸归殘残殺杀氣气決决沒没淨净減减測测溝沟滅灭滿满漁渔漢汉潔洁澤泽濟济濕湿灣湾"
    "災灾為为無无煙烟熱热營营爭争爾尔狀状獎奖獨独獲获環环現现畫画異异當当療疗發发監监盤盘眾众確确碼码禮礼"
    "種种稱称積积穩稳窮穷競竞筆笔節节範范築筑簡简簽签籌筹糧粮糾纠紀纪約约紅红納纳純纯紙纸級级紛纷細细終终組组"
    "結结給给統统絕绝經经綜综維维綱纲網网緊紧線线編编緩缓練练縮缩織织繳缴繼继續续纖纤罰罚罷罢義义習习職职聯联"
    "聲声聽听肅肃脅胁腦脑舉举舊旧艦舰艱艰藝艺藥药處处號号蘇苏蘭兰虧亏衝冲術术補补裝装製制複复見见規规視视親亲"
    "覺觉觀观訂订討讨訓训記记訊讯許许訪访設设診诊註注評评詞词試试詳详誠诚誤误說说課课調调談谈請请論论諸诸謀谋"
    "證证識识譜谱議议護护譽誉讀读讓让貝贝負负貢贡貯贮貴贵費费賀贺賃赁資资賓宾賞赏賠赔賢贤賦赋躍跃軌轨軟软"
    "軸轴較较載载輔辅輕轻輪轮轉转辦办農农遞递遺遗郵邮鄰邻醫医釋释針针鈔钞鋼钢錢钱錯错鍋锅鏈链鐵铁鑒鉴門门"
    "閉闭開开間间閱阅闊阔陣阵陽阳陰阴陳陈陸陆隊队階阶隨随險险隱隐雜杂離离難难電电靈灵靜静順顺須须頒颁領领頭头"
    "題题類类顧顾顯显風风飛飞飯饭飲饮養养餐餐館馆馬马駐驻駕驾驗验驚惊體体鬥斗魚鱼鮮鲜鳥鸟麥麦黃黄點点黨党齊齐齡龄"
)
SIMPLIFIED = {a: b for a, b in zip(_PAIRS[::2], _PAIRS[1::2], strict=True) if a != b}
_PLAIN = frozenset(SIMPLIFIED.values())
_MOST = 0.2  # a page with a larger share of traditional forms is in traditional characters


def simplified(readings: Sequence[Reading]) -> list[Reading]:
    """The readings of one page, with stray traditional characters in their simplified form."""
    text = "".join(r.text for r in readings)
    traditional, plain = (sum(c in forms for c in text) for forms in (SIMPLIFIED, _PLAIN))
    if not traditional or traditional > _MOST * (traditional + plain):
        return list(readings)
    return [_simplified(r) if any(c in SIMPLIFIED for c in r.text) else r for r in readings]


def _simplified(reading: Reading) -> Reading:
    letters = tuple(x._replace(text=SIMPLIFIED.get(x.text, x.text)) for x in reading.letters)
    return replace(reading, text="".join(SIMPLIFIED.get(c, c) for c in reading.text), letters=letters)
