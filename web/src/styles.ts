// In the order of the cascade: words first, then pieces, then pages.
import './css/tokens.css'
import './css/base.css'
import './css/marks.css'
import './css/shell.css'
import './css/room.css'
import './css/proposal.css'
import './css/evidence.css'
import './css/narrow.css'
