"""Words in the class and id of an element, by what they say about it.

They are the vocabulary of content management systems, of their themes and plugins, of vendors whose boxes stand on
many sites, and of style guides, in a few languages; never of single sites. Each is matched whole.
"""

import re


def words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{pattern})(?![a-z])", re.VERBOSE)


STRONG = words(
    r"""(?<!no-)(?<!has-)(?<!with-)comments?(?!-(?:open|closed|off|on|enabled|disabled))-?(?:list|s|area|section
      |form|body|wrap|wrapper|thread|respond|container)?
    |commentlist|commentform|kommentar(?:e|bereich|liste)?|commentaires?|comentarios?|reacties|wpdiscuz|hyvor
    |viafoura|fb-comments|spot-?im(?!age)[a-z-]*|utterances|giscus
    |cookies?-?(?:consent|notice|banner|bar|law|modal|pop-?up|dialog|overlay|wall|message|info|warning)
    |(?:consent|gdpr|privacy)-?(?:banner|modal|dialog|manager|pop-?up|overlay|notice|box|wall|management|prompt)
    |onetrust|ot-sdk|optanon|didomi|qc-cmp[0-9]?|usercentrics|(?:cybot-?)?cookiebot|trust-?(?:e|arc)|evidon|sp-message
    |fc-consent|cmp-?(?:box|banner|container|pop-?up|wrapper|modal)
    |disqus|respond|trackbacks?|pingbacks?|webmentions?|livefyre|guestbook
    |mw-editsection|editsection|headerlink|anchorjs-link|heading-anchor|linenos?|line-?numbers|gutter
    |copy-?(?:button|btn)
    """
)
HIDDEN_WORDS = words(
    r"""sr-only|screen-?reader(?:-text)?|visually-?hidden|assistive-text|noprint|no-print|display-none|is-hidden
    |off-?screen|u-hid(?:e|den)
    |(?<![a-z-])(?:hidden|hide|invisible)(?![a-z@:-])|d-print-(?:block|inline)|print-?only|only-?print|visible-print
    |(?<![a-z-])d-none(?!.*d-(?:sm|md|lg|xl|xxl)-)
    """
)
SITE = words(
    r"""cookies?(?:-?(?:notice|banner|bar|consent|policy|law))?|consent|gdpr|bread-?crumbs?|crumbs?|pagination
      |pager|paging|page-?(?:nav(?:igation)?|links|numbers)|wp-pagenavi
    |(?:post|posts|article|entry|story|comment)-?nav(?:igation)?|navs|navi|[a-z]*nav(?:bar|igation|header|footer
    |links?|menu|list)?|nav-(?:links?|menu|bar|previous|next)
    |(?:sub|side|top|main|bottom|foot|global|site)-?nav|(?:sub|mega|main|side|top|mobile|footer|drop-?down)-?menu
    |menus?|menubar
    |tool-?bar|top-?bar|site-?map|skip-?(?:links?|to|nav)|masthead|site-?header|global-?header
    |(?:site-?|page-?|post-?|article-?|entry-?|main-?|global-?|blog-?|print-?)?footer|colophon|copyright|back-?to-?top
    """
)
WEAK = words(
    r"""shar(?:e|es|ing|edaddy|ebar|elinks|ethis|ebuttons?)|social(?:s|-?media|-?links|-?icons|-?bar|-?share)?
      |addthis|addtoany|essb(?:-[a-z-]+)?|heateor|shariff|sharethis|ssba|swp-social|a2a-kit|at-share[a-z-]*|sociable
    |follow-?(?:us|me|links|buttons?)|jp-relatedposts
    |related(?:-?(?:posts?|articles?|content|links?|stories|news|items?|topics?|reading|pages|videos?))?
    |recommend(?:ed|ations?|er)?|recirc(?:ulation)?|suggest(?:ed|ions)|outbrain|taboola|zergnet|revcontent|mgid
    |pull-?quotes?|around-?(?:the-?)?web|from-?(?:the-?)?web|recos?|recs|similar|further-?reading
    |explore(?:-?(?:more|further))?|keep-?reading|rich-?links?|people-reading|next-?(?:posts|articles|stories)
    |(?:in-?line|in-?article|in-?text|in-?body|interstitial|story)-?(?:related|promo|newsletter|links?|cta|ads?
    |recirc|recommendations|recs|package)
    |teads|dianomi|plista|ligatus|engageya|nativo|ob-widget|trc-[a-z-]+
    |more-?(?:stories|from|news|on|articles|posts|in|like|links|about)|also-(?:like|read|see|on)
    |(?:read|up|see)-?(?:next|also)|you-(?:may|might)|next-?(?:post|article|story|up)|prev(?:ious)?-?(?:post
    |article|story)
    |news-?letters?|subscri(?:be|bers?|ption|ptions)|sign-?up|mailing-?list|mailchimp|mc-embed|mc4wp|opt-?in(?:-form)?
    |user-?messag(?:e|ing)|piano|tp-(?:container|modal)|subscriber?-?(?:offer|prompt|wall)|offers?-?(?:box|inner|wall)
    |side-?bars?|side-?rail|(?:right|left)-?(?:rail|col(?:umn)?|side-?bar)|widgets?(?:-?(?:area|title|container))?
    |by-?lines?|head-?shots?|(?:author|writer|article)-?tag-?lines?|writer-?(?:meta|bio|info)|commenting|(?:comment|discussion)-?(?:notice|policy|rules)
    |(?:post-?|entry-?|article-?)?authors?-?(?:bio|box|info|card|name|meta|details|profile|block|avatar
    |image|photo|link|area|desc|description|about)?
    |(?:about-)?(?:the-)?author|bio|contributors?|vcard|avatar|profile-?(?:card|box)|user-?(?:info|details|card
    |profile|meta|name)
    |(?:post|entry|article|story|content|blog|news)-?(?:meta|info|metadata|details|utility|data)|meta-?(?:data
    |info)|byline-?date
    |date-?line|time-?stamps?|(?:post|entry|article|pub|publish|published|story)-?(?:date|time)|date-?(?:published
    |time|posted)|posted-?(?:on|by|in)
    |read(?:ing)?-?time|updated-?(?:on|at|date)
    |ads?|adv|advert(?:s|isements?|ising|orial)?|adsense|ad-?(?:slot|unit|container|wrapper|banner|box|block|label
    |placement|area|zone)s?
    |dfp|gpt-ad|google-?ads?|sponsor(?:ed|s|ship)?|promos?|promot(?:ion|ions|ed|ional)|banners?|upsell|cta
    |call-to-action|donat(?:e|ion|ions)
    |pop-?ups?|modals?|overlay|light-?box|tool-?tips?|(?:pay|reg)-?wall-[a-z-]+|interstitial
    |log-?(?:in|out)|sign-?in|registration|register|my-?account|mini-?cart|basket|checkout|wishlist|add-to-cart
    |search-?(?:form|box|bar|field|input|results?)
    |tags|tag-?(?:list|links|cloud)|(?:post|article|entry|story)-?tags|keywords|cat-?links|categor(?:y
    |ies)-?(?:list|links)
    |post-?categor(?:y|ies)|filed-?under|topic-?(?:list|tags|links)
    |print-?(?:link|button|only|page|icon)|email-?(?:link|this|share|article)|article-?tools|(?:post|entry|article
    |story)-?(?:actions|tools|controls|options|buttons|links)
    |credits?|(?:photo|image|picture|img|media)-?credit|captions?|caption-?text|(?:wp|image|media|photo|img|picture
    |figure|video)-?caption(?:-text)?
    |(?:video|audio|media|podcast)-?(?:player|embed)|jw-?player|player
    |ratings?|star-?ratings?|votes?|voting|vote-?(?:up|down|count|cell)|likes?|like-?(?:button|count)|reactions|polls?
    |trending|most-?(?:read|popular|viewed|commented|shared)|popular-?(?:posts|articles|stories|news)?
    |(?:latest|recent|top|featured|other|hot|breaking)-?(?:news|posts?|articles?|stories|comments?|headlines
    |videos?|topics)
    |editors?-?picks?|headlines
    |teilen|empfehlung(?:en)?|verwandte?|mehr-zum-thema|weitere-?(?:artikel|themen|news)|anzeigen?|werbung|autor(?:en)?
    |bildunterschrift|bildnachweis|bildtext|schlagw(?:oe|o)rte?r?|meistgelesen|lesen-sie-auch
    |partage(?:r|s)?|abonnements?|abonne[sz]|publicite|(?:bloc|position)-pub|auteurs?|legende|(?:a-)?lire-aussi|meme-sujet
    |bloc-signature|plus-lus|rubriques-liees|mots-cles
    |compartir|relacionad[ao]s?|publicidade?|firma-?autor|epigrafe|pie-(?:de-)?foto|etiquetas|te-puede-interesar
    |mas-(?:leid[ao]s|vist[ao]s|sobre|noticias)(?:-[a-z-]+)?|boletin|suscri(?:bete|pcion)|compartilhar|leia-(?:mais|tambem)
    |mais-lidas|veja-tambem|condividi|pubblicita|autore|leggi-anche|correlat[ie]|didascalia|advertentie|lees-ook
    |gerelateerd
    |toc|table-?of-?contents|tocbox|catlinks|printfooter|nav-?box|infobox|hatnote|reflist|mw-jump(?:-link)?|side-?box
    |jump-?(?:links?|to)|edit-?(?:link|page|this-page|button)|view-?source|clip-?board|feedback|was-this-helpful
    """
)
MILD = words(
    r"""(?:read|see|show|view|load)-?more|more-?content|(?:pay|reg)-?wall|teasers?|cards?|promo-?box|latest|recent|featured|gallery|slide-?show|carousel|slider|thumbnails?|topics?
      |tools|actions|controls|utility|categor(?:y|ies)
    |search|account|legal|disclaimer|links?|link-?list|list-?(?:links|nav)|index|archives?|calendar|tab-?list|tabs
    |labels|headers?|page-?header|hero|meta|date|time|secondary|extras?|aside|partners?|products?-?(?:list|grid)
    |item-?list|references
    """
)
ADMONITION = words("admonition")
NOTE = words(
    r"admonition|note|notes|notice|tip|warning|caution|hint|important|callout|alert|info-?box|example|sidebar-?note"
)
MAIN = words(
    r"""main|contents?|main-?(?:content|text|body|column|col|area|wrap|wrapper|inner)|(?:page|site)-?(?:content
      |body|main|wrap|wrapper)
    |content-?(?:area|main|wrap|wrapper|column|inner)|primary|center|centre|middle"""
)
BODY = words(
    r"""(?:article|story|post|entry|blog|news|body|single|text|recipe|release|review|content)-?(?:body|content|text
      |copy|entry)
    |(?:article|story|post|entry|blog|news)-?(?:main|full|inner)|rich-?text|markdown-?body|wysiwyg|prose
    |mw-parser-output
    |field-(?:-?name-)?-?(?:field-)?body|cuerpo(?:-?(?:de-)?(?:nota|noticia|texto))?|(?:contenido|texto)-?(?:nota|noticia)
    |noticia-?(?:cuerpo|texto|contenido)|contenu-?article|article-?contenu|corps(?:-?(?:de-)?(?:l-)?(?:article|texte))?
    |texte-?article|artikel-?(?:text|inhalt|body|content)|beitrags?-?(?:text|inhalt|body)|corpo-?(?:da-)?(?:noticia|materia
    |articolo|texto)|testo-?articolo|materia-?(?:conteudo|texto)
    |e-content|full-?(?:text|story|article)|the-?content|body-?main|docs?-?content"""
)
LEAD = words(
    r"""lead(?!-?(?:story|stories|article|image|media|photo|art|gen|board|form))(?:-?(?:text|paragraph|in))?|lede
    |stand-?first|de(?:c)?k|intro(?:duction|-?text|-?copy)?|summary|excerpt|abstract|sub-?(?:title|head(?:line|ing)?)
    |teaser-?text|chapo|chapeau|vorspann|entradilla|bajada|copete|sumario|ingress|sommario|occhiello"""
)
ARTICLE = words(
    r"""articles?-?(?:wrap|wrapper|container|page|detail|view)?|h-?entry|blog-?(?:post|entry)|story|post|entry
      |posting|recipe|document"""
)
