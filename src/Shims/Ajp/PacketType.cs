namespace Shims.Ajp;

/// <summary>The first byte of a packet's payload. AJPv13 "Request Packet Structure" and "Response Packet Structure".</summary>
/// <remarks>A packet with a part of a body has none: it begins with a length. See <see cref="BodyPacket"/>.</remarks>
internal enum PacketType : byte
{
    // From the web server.
    ForwardRequest = 2,
    Shutdown = 7,
    Ping = 8,
    CPing = 10,

    // To the web server.
    SendBodyChunk = 3,
    SendHeaders = 4,
    EndResponse = 5,
    GetBodyChunk = 6,
    CPong = 9,
}
