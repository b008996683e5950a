using System.Diagnostics;
using Shims.Hosting;

namespace Shims.Tests.Hosting;

public sealed class HandlerPaceTests
{
    private const long Quick = 0;

    private static readonly long s_slow = Stopwatch.Frequency;

    private readonly HandlerPace _pace;
    private int _collections;

    public HandlerPaceTests() => _pace = new HandlerPace(() => _collections);

    [Fact]
    public void One_slow_handler_changes_nothing()
    {
        Run(s_slow);
        Assert.True(_pace.IsQuick);
    }

    [Fact]
    public void Handlers_are_slow_after_some_slow_ones_until_many_have_been_quick()
    {
        for (int i = 0; i < 100; i++)
            Run(s_slow);
        for (int i = 0; i < 60; i++)
        {
            Assert.False(_pace.IsQuick);
            Run(Quick);
        }
        for (int i = 0; i < 100; i++)
            Run(Quick);
        Assert.True(_pace.IsQuick);
    }

    [Theory]
    [InlineData(5, false), InlineData(20, true)]
    public void Handlers_are_slow_where_one_in_five_is_and_not_where_one_in_twenty_is(int count, bool isQuick)
    {
        for (int i = 0; i < 100 * count; i++)
            Run(i % count == 0 ? s_slow : Quick);
        Assert.Equal(isQuick, _pace.IsQuick);
    }

    [Theory]
    [InlineData(50, false), InlineData(100, true)]
    public void Handlers_are_slow_where_the_loop_is_taken_from_one_in_fifty_and_not_where_it_is_from_one_in_a_hundred(int count, bool isQuick)
    {
        for (int i = 0; i < 100 * count; i++)
        {
            if (i % count == 0)
                _pace.Blocks();
            Run(Quick);
        }
        Assert.Equal(isQuick, _pace.IsQuick);
    }

    [Fact]
    public void The_collection_of_garbage_is_not_taken_for_a_slow_handler()
    {
        for (int i = 0; i < 10; i++)
        {
            _collections++;
            Run(s_slow);
        }
        Assert.True(_pace.IsQuick);
    }

    private void Run(long ticks) => _pace.Ran(ticks);
}
