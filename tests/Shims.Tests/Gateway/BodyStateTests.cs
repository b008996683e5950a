using System.Runtime.CompilerServices;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Tests.Gateway;

public sealed class BodyStateTests
{
    private static readonly StateTable<BodyState> s_table = new("""
                     a part comes   the last comes   a reader gives up   a read fails
          Buffering  Buffering      Complete         Draining            Draining
          Complete   Complete       Complete         Discarded           Discarded
          Draining   Draining       Discarded        Draining            Draining
          Discarded  Discarded      Discarded        Discarded           Discarded
        """);

    private static readonly Dictionary<BodyState, Action<BodySpool>> s_reach = new()
    {
        [BodyState.Buffering] = static _ => { },
        [BodyState.Complete] = static spool => spool.Complete(),
        [BodyState.Draining] = static spool => spool.Discard(),
        [BodyState.Discarded] = static spool =>
        {
            spool.Complete();
            spool.Discard();
        },
    };

    private static readonly Dictionary<string, Action<BodySpool>> s_happen = new()
    {
        ["a part comes"] = static spool => Assert.True(spool.Add("more"u8)),
        ["the last comes"] = static spool => spool.Complete(),
        ["a reader gives up"] = static spool => spool.Discard(),
        ["a read fails"] = static spool =>
        {
            if (spool.Front() is { IsEmpty: false } front)
                spool.Remove(front.Length);
            Libc.Truncate(FileOf(spool), 0);
            Assert.True(spool.Front().IsEmpty);
        },
    };

    public static TheoryData<string, string> Cells => s_table.Cells;

    [Fact]
    public void The_comment_over_BodyState_shows_its_table() => s_table.IsShownIn("src/Shims/Gateway/Requests/BodyState.cs");

    [Theory, MemberData(nameof(Cells))]
    public void Every_event_leads_from_every_BodyState_where_the_table_says(string name, string @event)
    {
        BodyState state = Enum.Parse<BodyState>(name);
        using var spool = new BodySpool();
        Assert.True(spool.Add(new byte[Limits.BodyInMemory + 1000]));
        s_reach[state](spool);
        Assert.Equal(state, spool.State);

        s_happen[@event](spool);
        Assert.Equal(s_table[state, @event], spool.State);
        Assert.Equal(spool.State is BodyState.Complete or BodyState.Discarded, spool.IsComplete);
        Assert.Equal(@event == "a read fails" && state is BodyState.Buffering or BodyState.Complete, spool.IsLost);
        Assert.Equal(spool.State is BodyState.Draining or BodyState.Discarded, spool.IsEmpty);
        Assert.False(spool.IsAtEnd); // the reader has not had all of it
    }

    [Fact]
    public void A_body_is_at_its_end_when_it_has_come_and_has_been_read()
    {
        using var spool = new BodySpool();
        Assert.False(spool.IsAtEnd);
        spool.Add("abc"u8);
        spool.Complete();
        Assert.False(spool.IsAtEnd);
        spool.Remove(3);
        Assert.True(spool.IsAtEnd);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_file")]
    internal static extern ref int FileOf(BodySpool spool);
}
