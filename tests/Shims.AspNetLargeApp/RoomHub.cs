using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;

namespace Shims.AspNetLargeApp;

/// <summary>A hub of SignalR: an answer to its caller, a message to all in a room, and a stream.</summary>
public sealed class RoomHub : Hub
{
    public string Repeat(string text) => $"{text} {text}";

    public Task Enter(string room) => Groups.AddToGroupAsync(Context.ConnectionId, room);

    public Task Say(string room, string text) => Clients.Group(room).SendAsync("said", text);

    public async IAsyncEnumerable<int> Count(int last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int i = 1; i <= last; i++)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return i;
        }
    }
}
